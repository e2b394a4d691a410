/**
 * Objectives over the built-in tools, each with an end that a machine can check:
 * what the result must hold. Beside it stands one good plan, which a scripted
 * planner gives; a real model finds its own.
 */

export type Goal = {
  readonly objective: string;
  /** Steps of a good plan, and what it gives. `[[http]]` is the server of the world. */
  readonly steps: readonly string[];
  readonly gives: string;
  /** Bare CEL over `output` that holds of the end. */
  readonly check: string;
  /** Texts and numbers that the result of any plan that reached it must hold. */
  readonly holds: readonly (string | number)[];
};

const uses = (id: string, tool: string, given: string): string => `{ id: ${id}, uses: ${tool}, with: ${given} }`;
const db = (id: string, sql: string): string =>
  uses(id, 'db.query', `{ url: "sqlite:shop.db", sql: ${JSON.stringify(sql)} }`);
const file = (id: string, path: string): string => uses(id, 'file.read', `{ path: ${path} }`);
const get = (id: string, path: string): string => uses(id, 'http.request', `{ url: "[[http]]${path}" }`);
const page = (id: string, path: string): string => uses(id, 'web.read', `{ url: "[[http]]${path}" }`);
const search = (id: string, query: string): string =>
  uses(id, 'knowledge.search', `{ folder: docs, query: ${JSON.stringify(query)} }`);
const js = (id: string, code: string, args: string): string =>
  uses(id, 'script.js', `{ code: ${JSON.stringify(code)}, args: { v: ${JSON.stringify(`\${{ ${args} }}`)} } }`);
const give = (id: string, value: string): string =>
  uses(id, 'transform', `{ value: ${JSON.stringify(`\${{ ${value} }}`)} }`);
const rows = '{ rows: "${{ steps.rows.output.rows }}" }';
const answer = '{ answer: "${{ steps.answer.output }}" }';

function goal(
  objective: string,
  steps: readonly string[],
  gives: string,
  check: string,
  ...holds: readonly (string | number)[]
): Goal {
  return { objective, steps, gives, check, holds };
}

export const goals: readonly Goal[] = [
  // A database.
  goal(
    'Count the orders in sqlite:shop.db',
    [db('rows', 'SELECT count(*) AS n FROM orders')],
    rows,
    'output.rows[0].n == 6',
    6,
  ),
  goal(
    'Say what all orders in sqlite:shop.db amount to',
    [db('rows', 'SELECT sum(amount) AS total FROM orders')],
    rows,
    'output.rows[0].total == 290',
    290,
  ),
  goal(
    'Give the amount of orders by product in sqlite:shop.db',
    [db('rows', 'SELECT product, sum(amount) AS total FROM orders GROUP BY product')],
    rows,
    'size(output.rows) == 3',
    75,
    170,
    45,
  ),
  goal(
    'Find the largest order in sqlite:shop.db, with its product',
    [db('rows', 'SELECT product, amount FROM orders ORDER BY amount DESC LIMIT 1')],
    rows,
    'output.rows[0].amount == 90',
    'desk',
    90,
  ),
  goal(
    'List the customers in sqlite:shop.db who live in Paris',
    [db('rows', "SELECT name FROM customers WHERE city = 'Paris'")],
    rows,
    'size(output.rows) == 2',
    'ann',
    'cid',
  ),
  goal(
    'Say which customer in sqlite:shop.db has ordered for most',
    [db('rows', 'SELECT customer, sum(amount) AS total FROM orders GROUP BY customer ORDER BY total DESC LIMIT 1')],
    rows,
    'output.rows[0].total == 110',
    110,
  ),
  goal(
    'Which products in sqlite:shop.db are out of stock?',
    [db('rows', 'SELECT product FROM stock WHERE units = 0')],
    rows,
    'output.rows[0].product == "desk"',
    'desk',
  ),
  goal(
    'Give the orders of the VIP customers in sqlite:shop.db',
    [db('rows', 'SELECT o.id, o.product FROM orders o JOIN customers c ON c.name = o.customer WHERE c.vip = 1')],
    rows,
    'size(output.rows) == 2',
    'lamp',
    'desk',
  ),
  goal(
    'How many orders in sqlite:shop.db are of May 2024?',
    [db('rows', "SELECT count(*) AS n FROM orders WHERE day LIKE '2024-05-%'")],
    rows,
    'output.rows[0].n == 4',
    4,
  ),
  goal(
    'Give the average amount of an order of a lamp in sqlite:shop.db',
    [db('rows', "SELECT avg(amount) AS mean FROM orders WHERE product = 'lamp'")],
    rows,
    'output.rows[0].mean == 25.0',
    25,
  ),
  goal(
    'List the tables of sqlite:shop.db',
    [db('rows', "SELECT name FROM sqlite_master WHERE type = 'table'")],
    rows,
    'size(output.rows) == 3',
    'orders',
    'customers',
    'stock',
  ),
  goal(
    'Which cities do customers in sqlite:shop.db come from, each once?',
    [db('rows', 'SELECT DISTINCT city FROM customers ORDER BY city')],
    rows,
    'size(output.rows) == 2',
    'Paris',
    'Rome',
  ),
  goal(
    'Count the orders and the customers in sqlite:shop.db, side by side',
    [
      '{ id: both, parallel: { orders: [' +
        db('o', 'SELECT count(*) AS n FROM orders') +
        '], customers: [' +
        db('c', 'SELECT count(*) AS n FROM customers') +
        '] } }',
    ],
    '{ both: "${{ steps.both.output }}" }',
    'output.both.customers.rows[0].n == 3',
    6,
    3,
  ),

  // Files.
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

  // HTTP.
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

  // Documents.
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

  // Scripts, and several at once.
  goal(
    'Compute the 20th Fibonacci number',
    [js('answer', 'let [a, b] = [0, 1]; for (let i = 0; i < args.v; i++) [a, b] = [b, a + b]; return a', '20')],
    answer,
    'output.answer == 6765',
    6765,
  ),
  goal(
    'List the prime numbers up to 30',
    [
      js(
        'answer',
        'return Array.from({ length: args.v }, (_, i) => i + 1).filter((n) => n > 1 && ![...Array(n).keys()].some((d) => d > 1 && n % d === 0))',
        '30',
      ),
    ],
    answer,
    'size(output.answer) == 10',
    2,
    29,
  ),
  goal(
    'Convert the total of all orders in sqlite:shop.db to dollars, at the rate USD of 1.1',
    [
      db('rows', 'SELECT sum(amount) AS total FROM orders'),
      js('answer', 'return Math.round(args.v * 1.1)', 'steps.rows.output.rows[0].total'),
    ],
    answer,
    'output.answer == 319',
    319,
  ),
  goal(
    'Compare the number of errors in logs/app.log with the retries in data/config.json',
    [
      '{ id: both, parallel: { log: [' +
        file('l', 'logs/app.log') +
        '], config: [' +
        file('c', 'data/config.json') +
        '] } }',
      js(
        'answer',
        "return { errors: args.v.log.text.split('ERROR').length - 1, retries: JSON.parse(args.v.config.text).service.retries }",
        'steps.both.output',
      ),
    ],
    answer,
    'output.answer.errors == output.answer.retries',
    3,
  ),
  goal(
    'Say whether products ordered in sqlite:shop.db are all in stock, and which are not',
    [
      db('rows', 'SELECT DISTINCT o.product, s.units FROM orders o JOIN stock s ON s.product = o.product'),
      give('answer', 'steps.rows.output.rows.filter(r, r.units == 0).map(r, r.product)'),
    ],
    answer,
    'output.answer == ["desk"]',
    'desk',
  ),
];

/** Whether a result holds what the goal asks for. */
export function isReached({ holds }: Goal, output: unknown): boolean {
  const text = JSON.stringify(output ?? null);
  return holds.every((one) =>
    typeof one === 'string'
      ? text.includes(one)
      : new RegExp(`(?<![\\d.])${String(one).replace('.', '\\.')}(?![\\d])`).test(text),
  );
}
