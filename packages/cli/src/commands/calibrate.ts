import type { Json } from '@telos/core';
import { asksModel } from '@telos/core';
import { calibrate as calibrateCheck, orientationOf, readLabelled } from '@telos/evaluators/calibration';
import { canonicalJson, hashOf } from '@telos/language';
import { findEvaluator } from '../calibration/find-evaluator.ts';
import { calibrationLines } from '../calibration/calibration-lines.ts';
import { keepCalibration } from '../calibration/kept-calibrations.ts';
import { belowFloors, readFloor } from '../calibration/read-floors.ts';
import { choice, listOf, numberIn, pairOf } from '../command/option-values.ts';
import { readParams } from '../calibration/read-params.ts';
import { defineCommand, jsonOption } from '../command/command.ts';
import { composeCatalogue } from '../compose/catalogue.ts';
import { version } from '../compose/installation.ts';
import { loadConfig } from '../config/load-config.ts';
import { exitCodes } from '../exit-codes.ts';
import { openLabelledFile } from '../inputs/labelled-file.ts';
import { usageText } from '../output/amounts.ts';
import { writerOf } from '../output/writer.ts';

/** Calls to a model under way at once. */
const modelCalls = 4;

export const calibrate = defineCommand({
  name: 'calibrate',
  summary: 'Measures how well an evaluator agrees with labelled rows, and keeps the result.',
  words: [
    { name: 'evaluator', about: 'a check (`telos checks` lists them), or one that a workflow names', needed: 'one' },
    { name: 'labelled.jsonl', about: 'labelled rows, one JSON object a line', needed: 'at least one' },
  ],
  options: {
    with: { type: 'list', value: 'name=value|file.json', about: "the check's parameters; rows may bring their own" },
    workflow: { type: 'value', value: 'file', about: 'take the evaluator from `evaluators:` of this workflow' },
    threshold: { type: 'value', value: '0.5', about: "decide by this, in place of the check's own verdict" },
    floor: { type: 'list', value: 'f1=0.9', about: 'end with exit code 1 when the figure is below' },
    label: {
      type: 'value',
      value: 'field',
      about: 'where the label stands; found by the form of the rows when absent',
    },
    positive: { type: 'value', value: 'a,b', about: 'labels of the positive class, where they are other words' },
    orientation: { type: 'value', value: 'catches|rates', about: 'read label 1 as bad (to be caught) or as good' },
    types: { type: 'value', value: 'a,b', about: 'of spans, only these types' },
    rename: { type: 'list', value: 'label=check', about: "of spans, the check's name for a type of the labels" },
    match: { type: 'value', value: 'exact|overlap', about: 'when spans count as the same; exact when absent' },
    json: jsonOption,
  },
  examples: [
    'telos calibrate injection labelled.jsonl --floor recall_at_fpr_01=0.85',
    'telos calibrate brief_quality labelled.jsonl --workflow brief.yaml --json',
    'telos calibrate pii labelled.jsonl --rename EMAIL=EMAIL_ADDRESS --types EMAIL_ADDRESS,PHONE_NUMBER',
  ],
  async run({ words: [name = '', ...files], options }, terminal) {
    const floors = options.floor.map(readFloor);
    const threshold = options.threshold === undefined ? undefined : numberIn('threshold', options.threshold, 0, 1);
    const matching = choice('match', options.match, ['exact', 'overlap'] as const);
    const given = readParams(options.with, terminal.folder);
    const config = await loadConfig(terminal.environment, terminal.folder);
    const catalogue = composeCatalogue(config, terminal.folder);
    const workflow = options.workflow === undefined ? undefined : { file: options.workflow, folder: terminal.folder };
    const { check, params, min } = findEvaluator(name, given, catalogue, workflow);
    const orientation =
      choice('orientation', options.orientation, ['catches', 'rates'] as const) ?? orientationOf(check);

    const texts = files.map((file) => openLabelledFile(file, terminal.folder));
    const positive = listOf(options.positive);
    const cases = readLabelled(texts, {
      orientation,
      ...(options.label === undefined ? {} : { labelField: options.label }),
      ...(positive === undefined ? {} : { positive }),
    });

    const types = listOf(options.types);
    const stopping = new AbortController();
    const stopListening = terminal.onInterrupt(() => stopping.abort());
    const calibration = await calibrateCheck(cases, {
      check,
      params,
      orientation,
      parallel: asksModel(check, params) ? modelCalls : 1,
      signal: stopping.signal,
      now: () => performance.now(),
      typeNames: new Map(options.rename.map((pair) => pairOf('rename', pair))),
      ...(min === undefined ? {} : { min }),
      ...(threshold === undefined ? {} : { threshold }),
      ...(matching === undefined ? {} : { matching }),
      ...(types === undefined ? {} : { types: new Set(types) }),
    }).finally(stopListening);

    const record = {
      evaluator: name,
      check: check.name,
      version: check.version ?? version(),
      params_hash: hashOf(canonicalJson(params)),
      data_hash: hashOf(
        texts
          .map(({ hash }) => hash())
          .toSorted()
          .join('\n'),
      ),
      files,
      at: new Date(terminal.now()).toISOString(),
      ...calibration,
    };
    const { json: _, floor: __, with: ___, ...settings } = options;
    keepCalibration(config.home, record, { ...settings, min: min ?? null } as Json); // texts and lists of texts
    const writer = writerOf(terminal, options.json);
    writer.object({ type: 'calibration', ...record });
    writer.lines(`${name}: ${files.join(', ')}`, ...calibrationLines(calibration, terminal.size().columns));
    const spent = usageText(calibration.usage);
    if (spent !== '') writer.lines(spent);
    const below = belowFloors(floors, calibration);
    const { n, errors, error_reasons } = calibration;
    const without =
      errors === 0 ? [] : [`${errors} of ${n} rows got no verdict and count as wrong: ${error_reasons.join(' ')}`];
    terminal.complain([...without, ...below].map((line) => `${line}\n`).join(''));
    return below.length === 0 && errors < n ? exitCodes.succeeded : exitCodes.failed;
  },
});
