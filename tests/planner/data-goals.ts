/** What a database holds, and what is computed from it. */
import { answer, db, file, give, goal, js, rows } from './goal.ts';
import type { Goal } from './goal.ts';

export const dataGoals: readonly Goal[] = [
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
