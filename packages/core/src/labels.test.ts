import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  joinLabellings,
  joinLabels,
  labellingAt,
  labellingOf,
  labellingOfFields,
  labelsIn,
  marked,
  moreOrigins,
  noLabels,
  unlabelled,
  wholeOf,
  withOrigins,
  withoutLabel,
} from './labels.ts';
import type { Labelling, Labels } from './labels.ts';

const labels: fc.Arbitrary<Labels> = fc.array(fc.constantFrom('untrusted' as const, 'private' as const));
const page = marked(['untrusted'], 'page');
const row = marked(['private'], 'row');

const origin = fc.constantFrom('page', 'row', 'each[*].x', 'inputs.name');
const { labelling } = fc.letrec<{ labelling: Labelling }>((tie) => ({
  labelling: fc.oneof(
    { maxDepth: 6 },
    fc.constant(unlabelled),
    fc.tuple(labels, origin).map(([some, from]) => marked([...new Set(some)], from)),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('labelling'), { maxKeys: 3 }).map(labellingOfFields),
  ),
}));

describe('labels joined', () => {
  it('are the union, without repeats, in one order', () => {
    expect(joinLabels(['private'], ['untrusted', 'private'])).toEqual(['untrusted', 'private']);
    expect(joinLabels()).toBe(noLabels);
  });

  it('never lose a label and never gain one', () => {
    fc.assert(
      fc.property(labels, labels, (left, right) => {
        expect(new Set(joinLabels(left, right))).toEqual(new Set([...left, ...right]));
        expect(joinLabels(left, right)).toEqual(joinLabels(right, left));
      }),
    );
  });
});

describe('a labelling', () => {
  it('of a map keeps its fields apart, and says of the whole what they carry together', () => {
    const both = labellingOfFields({ a: page, b: row, c: unlabelled });
    expect(both).toEqual({
      untrusted: ['page'],
      private: ['row'],
      fields: { a: { untrusted: ['page'] }, b: { private: ['row'] }, c: {} },
    });
    expect(labellingAt(both, ['a'])).toEqual(page);
    expect(labellingAt(both, ['c'])).toBe(unlabelled);
    expect(labellingAt(both, ['b', 'deeper', 'still'])).toEqual(row);
    expect(labelsIn(both)).toEqual(['untrusted', 'private']);
  });

  it('says of a field that it does not name what it says of the whole', () => {
    const both = labellingOfFields({ a: page, b: row });
    expect(labellingAt(both, ['other'])).toEqual({ untrusted: ['page'], private: ['row'] });
    expect(labellingAt(both, ['toString'])).toEqual({ untrusted: ['page'], private: ['row'] });
  });

  it('of what carries nothing is one object, so that it costs nothing to find out', () => {
    expect(labellingOfFields({ a: unlabelled })).toBe(unlabelled);
    expect(joinLabellings(unlabelled, unlabelled)).toBe(unlabelled);
    expect(labellingOf({ labels: [] }, 'x')).toBe(unlabelled);
    expect(withoutLabel(page, 'untrusted')).toBe(unlabelled);
  });

  it('joined with others names the origins of each label, each once', () => {
    expect(joinLabellings(page, row, page)).toEqual({ untrusted: ['page'], private: ['row'] });
  });

  it('loses a label everywhere when that is lifted, and no other', () => {
    const both = labellingOfFields({ a: page, b: joinLabellings(page, row) });
    expect(withoutLabel(both, 'untrusted')).toEqual({ private: ['row'], fields: { a: {} } });
  });

  it('stays small: of many origins it says that there are more, of many or deep fields only the whole', () => {
    const many = joinLabellings(...Array.from({ length: 100 }, (_, index) => marked(['private'], `row${index}`)));
    expect(many.private).toHaveLength(17);
    expect(many.private?.at(-1)).toBe(moreOrigins);
    expect(joinLabellings(many, row).private?.at(-1)).toBe(moreOrigins);
    const wide = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`f${index}`, index === 0 ? page : row]));
    expect(labellingOfFields(wide).fields).toBeUndefined();
    let deep = labellingOfFields({ a: page, b: row });
    for (let level = 0; level < 10; level++) deep = labellingOfFields({ a: deep, b: row });
    expect(labellingAt(deep, ['a', 'a', 'a', 'a', 'a', 'a', 'b'])).toEqual({ untrusted: ['page'], private: ['row'] });
    expect(JSON.stringify(deep).length).toBeLessThan(1000);
  });

  it('never says less of a field than the field carries, however it is put together', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), labelling), (fields) => {
        const whole = labellingOfFields(fields);
        for (const [field, inner] of Object.entries(fields)) {
          expect(labelsIn(whole)).toEqual(expect.arrayContaining([...labelsIn(inner)]));
          expect(labelsIn(labellingAt(whole, [field]))).toEqual(expect.arrayContaining([...labelsIn(inner)]));
        }
      }),
    );
  });

  it('never loses a label where it is joined, renamed or cut to its whole', () => {
    fc.assert(
      fc.property(labelling, labelling, (left, right) => {
        expect(labelsIn(joinLabellings(left, right))).toEqual(joinLabels(labelsIn(left), labelsIn(right)));
        expect(labelsIn(wholeOf(left))).toEqual(labelsIn(left));
        expect(labelsIn(withOrigins(left, (from) => `${from}!`))).toEqual(labelsIn(left));
      }),
    );
  });
});
