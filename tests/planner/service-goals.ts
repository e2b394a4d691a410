/** What services and pages answer. */
import { answer, get, give, goal, js, page, uses } from './goal.ts';
import type { Goal } from './goal.ts';

export const serviceGoals: readonly Goal[] = [
  goal(
    'Give the rate of the pound at [[http]]/api/rates',
    [get('call', '/api/rates')],
    '{ rate: "${{ steps.call.output.body.rates.GBP }}" }',
    'output.rate == 0.85',
    0.85,
  ),
  goal(
    'How many yen are 50 euros at [[http]]/api/rates?',
    [get('call', '/api/rates'), give('answer', '50 * steps.call.output.body.rates.JPY')],
    answer,
    'output.answer == 8000',
    8000,
  ),
  goal(
    'List the names of the red team from [[http]]/api/users',
    [get('call', '/api/users'), give('answer', 'steps.call.output.body.filter(u, u.team == "red").map(u, u.name)')],
    answer,
    'size(output.answer) == 2',
    'Ann',
    'Cid',
  ),
  goal(
    'Who is the oldest user at [[http]]/api/users?',
    [
      get('call', '/api/users'),
      js('answer', 'return args.v.sort((a, b) => b.age - a.age)[0].name', 'steps.call.output.body'),
    ],
    answer,
    'output.answer == "Cid"',
    'Cid',
  ),
  goal(
    'Gather the items of all pages, beginning at [[http]]/api/items/1',
    [
      get('first', '/api/items/1'),
      uses('second', 'http.request', '{ url: "[[http]]${{ steps.first.output.body.next }}" }'),
      give('answer', 'steps.first.output.body.items + steps.second.output.body.items'),
    ],
    answer,
    'size(output.answer) == 5',
    11,
    15,
  ),
  goal(
    'Is the mail service at [[http]]/status/mail up?',
    [get('call', '/status/mail')],
    '{ up: "${{ steps.call.output.body.ok }}" }',
    'output.up == false',
    'false',
  ),
  goal(
    'Give the versions of the services at [[http]]/status/web and [[http]]/status/mail',
    [
      '{ id: calls, foreach: ["[[http]]/status/web", "[[http]]/status/mail"], as: address, steps: [' +
        uses('call', 'http.request', '{ url: "${{ address }}" }') +
        '] }',
      give('answer', 'steps.calls.output.map(c, c.body.version)'),
    ],
    answer,
    'output.answer == ["2.4.1", "1.9.0"]',
    '2.4.1',
    '1.9.0',
  ),
  goal(
    'Say what Pro costs, by the page [[http]]/page/pricing',
    [
      page('page', '/page/pricing'),
      js('answer', 'return Number(args.v.match(/Pro costs (\\d+)/)[1])', 'steps.page.output.markdown'),
    ],
    answer,
    'output.answer == 29',
    29,
  ),
  goal(
    'Give the text of the page [[http]]/page/about',
    [page('page', '/page/about')],
    '{ text: "${{ steps.page.output.markdown }}" }',
    'output.text.contains("1998")',
    '1998',
    'Turin',
  ),
  goal(
    'Find which of [[http]]/page/pricing and [[http]]/page/about speaks of sisters',
    [
      '{ id: pages, foreach: ["[[http]]/page/pricing", "[[http]]/page/about"], as: address, steps: [' +
        uses('page', 'web.read', '{ url: "${{ address }}" }') +
        '] }',
      give('answer', 'steps.pages.output.filter(p, p.markdown.contains("sisters")).map(p, p.url)'),
    ],
    answer,
    'size(output.answer) == 1',
    '/page/about',
  ),
];
