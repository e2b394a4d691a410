/** What files and documents say. */
import { answer, file, give, goal, js, search, uses } from './goal.ts';
import type { Goal } from './goal.ts';

export const textGoals: readonly Goal[] = [
  goal(
    'Say when the train to Lyon leaves, from the file notes/trip.md',
    [file('note', 'notes/trip.md')],
    '{ text: "${{ steps.note.output.text }}" }',
    'output.text.contains("08:14")',
    '08:14',
  ),
  goal(
    'Say from which platform the train leaves, from notes/trip.md',
    [
      file('note', 'notes/trip.md'),
      js('answer', 'return args.v.match(/platform (\\d+)/)[1]', 'steps.note.output.text'),
    ],
    answer,
    'output.answer == "7"',
    7,
  ),
  goal(
    'Who leads the blue team? See notes/team.txt',
    [
      file('note', 'notes/team.txt'),
      js('answer', "return args.v.split('\\n').find((line) => line.includes('blue'))", 'steps.note.output.text'),
    ],
    answer,
    'output.answer.contains("Bob")',
    'Bob',
  ),
  goal(
    'Add up the prices in data/prices.csv',
    [
      file('csv', 'data/prices.csv'),
      js(
        'answer',
        "return args.v.trim().split('\\n').slice(1).reduce((sum, row) => sum + Number(row.split(',')[1]), 0)",
        'steps.csv.output.text',
      ),
    ],
    answer,
    'output.answer == 10',
    10,
  ),
  goal(
    'Name the dearest item in data/prices.csv',
    [
      file('csv', 'data/prices.csv'),
      js(
        'answer',
        "return args.v.trim().split('\\n').slice(1).map((row) => row.split(',')).sort((a, b) => b[1] - a[1])[0][0]",
        'steps.csv.output.text',
      ),
    ],
    answer,
    'output.answer == "coffee"',
    'coffee',
  ),
  goal(
    'Give the port of the service in data/config.json',
    [file('config', 'data/config.json'), give('answer', 'json(steps.config.output.text).service.port')],
    answer,
    'output.answer == 7420',
    7420,
  ),
  goal(
    'List the features in data/config.json',
    [file('config', 'data/config.json'), give('answer', 'json(steps.config.output.text).features')],
    answer,
    'size(output.answer) == 3',
    'search',
    'export',
    'audit',
  ),
  goal(
    'Count the errors in logs/app.log',
    [
      file('log', 'logs/app.log'),
      js(
        'answer',
        "return args.v.split('\\n').filter((line) => line.startsWith('ERROR')).length",
        'steps.log.output.text',
      ),
    ],
    answer,
    'output.answer == 3',
    3,
  ),
  goal(
    'List the distinct errors in logs/app.log',
    [
      file('log', 'logs/app.log'),
      js(
        'answer',
        "return [...new Set(args.v.split('\\n').filter((line) => line.startsWith('ERROR')))]",
        'steps.log.output.text',
      ),
    ],
    answer,
    'size(output.answer) == 2',
    'disk full',
    'timeout',
  ),
  goal(
    'Say how many bytes notes/trip.md has',
    [file('note', 'notes/trip.md')],
    '{ bytes: "${{ steps.note.output.bytes }}" }',
    'output.bytes == 86',
    86,
  ),
  goal(
    'Put the texts of notes/trip.md and notes/team.txt one behind the other',
    [
      '{ id: texts, foreach: [notes/trip.md, notes/team.txt], as: path, steps: [' +
        uses('one', 'file.read', '{ path: "${{ path }}" }') +
        '] }',
      js('answer', "return args.v.map(({ text }) => text).join('')", 'steps.texts.output'),
    ],
    answer,
    'output.answer.contains("Lyon") && output.answer.contains("Bob")',
    'Lyon',
    'Bob',
  ),
  goal(
    'Find in the folder docs when a lease lapses',
    [search('found', 'When does a lease lapse?')],
    '{ passages: "${{ steps.found.output.passages }}" }',
    'output.passages[0].text.contains("fifteen seconds")',
    'fifteen seconds',
  ),
  goal(
    'Find in the folder docs what the queue may do',
    [search('found', 'What may the queue do?')],
    '{ passages: "${{ steps.found.output.passages }}" }',
    'output.passages.exists(p, p.text.contains("reorder"))',
    'reorder',
  ),
  goal(
    'Name the file of the folder docs that speaks of a doorbell',
    [search('found', 'doorbell'), give('answer', 'steps.found.output.passages[0].source')],
    answer,
    'output.answer.endsWith("queues.md")',
    'queues.md',
  ),
];
