import { Buffer } from 'node:buffer';
import type { Json } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { drawn } from '../fixtures/drawn.ts';
import { adversarialUnits, growthOf } from '../fixtures/growth.ts';
import { score, subjectOf } from '../fixtures/score.ts';
import { restore } from '@telos/core';
import { redact, withoutPlaceholders } from '../findings/redact.ts';
import { findSecrets } from './find-secrets.ts';
import { secrets } from './secrets.ts';
import { tokenFormats } from './token-formats.ts';

const check = (value: Json, params: Json = {}) => score(secrets, subjectOf(value), params);

/** A password as a generator makes them, and as people do. */
const password = `${drawn('alnum', 9)}4x`;
const token = drawn('alnum', 32, 7);
const pem = (kind: string): string =>
  `-----BEGIN ${kind}-----\n${drawn('base64', 64)}\n${drawn('base64', 64, 2)}\n-----END ${kind}-----`;
const basic = Buffer.from(`admin:${password}`).toString('base64');

const lower = (length: number): string => drawn('upper', length).toLowerCase();
const rapidApiKey = `${lower(10)}msh${lower(15)}p1${lower(6)}jsn${lower(12)}`;

/** A text, and what of it is secret. */
const holding: readonly (readonly [string, string, string])[] = [
  ['an AWS key id', `id AKIA${drawn('upper', 16)}.`, `AKIA${drawn('upper', 16)}`],
  ['a GitHub token in a log', `level=error detail="ghp_${drawn('alnum', 36)}"`, `ghp_${drawn('alnum', 36)}`],
  ['a Stripe key in a chat', `is sk_live_${drawn('alnum', 24)} right?`, `sk_live_${drawn('alnum', 24)}`],
  [
    'a Slack webhook',
    `https://hooks.slack.com/services/T0${drawn('upper', 8)}/B0${drawn('upper', 8)}/${drawn('alnum', 24)}`,
    drawn('alnum', 24),
  ],
  ['a JSON Web Token', `eyJ${drawn('alnum', 30)}.eyJ${drawn('alnum', 40)}.${drawn('alnum', 43)}`, drawn('alnum', 43)],
  ['a private key', `key:\n${pem('RSA PRIVATE KEY')}\nend`, pem('RSA PRIVATE KEY')],
  ['a private key written in one line of JSON', JSON.stringify({ k: pem('PRIVATE KEY') }), drawn('base64', 64)],
  ['a private key without an end', `-----BEGIN PRIVATE KEY-----\n${drawn('base64', 64)}\n`, drawn('base64', 64)],
  ['a password in a URL', `postgres://app:${password}@db:5432/erp`, password],
  ['a password with a slash in a URL', `postgres://app:a/${password}@db:5432/erp`, `a/${password}`],
  ['a password alone in a URL', `redis://:${password}@cache:6379/0`, password],
  ['a JDBC field', `jdbc:postgresql://pg/erp?user=erp&password=${password}&ssl=true`, password],
  ['an ADO.NET field', `Server=s;User Id=sa;Pwd=${password};`, password],
  ['a YAML field', `db:\n  password: "${password}"\n`, password],
  ['a YAML block', `db:\n  password: |\n    ${password}\n`, password],
  ['an environment variable', `export API_TOKEN=${token}`, token],
  ['a constant', `const clientSecret = '${token}';`, token],
  ['a typed constant', `api_key: str = "${token}"`, token],
  ['an escaped field in JSON', JSON.stringify({ log: `{"apiKey":"${token}"}` }), token],
  ['a variable of a container', `env:\n  - name: API_TOKEN\n    value: ${token}\n`, token],
  ['a name and its value in JSON', `[{"name": "DB_PASSWORD", "value": "${password}"}]`, password],
  ['a key of Weights & Biases', `wandb login wandb_v1_${drawn('alnum', 77)}`, drawn('alnum', 77)],
  ['a key of RapidAPI', `${rapidApiKey} there`, rapidApiKey],
  ['an XML element', `<password>${password}</password>`, password],
  ['an XML attribute', `<add key="ApiKey" value="${token}" />`, token],
  ['an argument', `login(user="bot", password="${password}")`, password],
  ['an option', `deploy --token=${token} --yes`, token],
  ['an option of mysql', `mysqldump -u backup -p'${password}' shop`, password],
  ['an option of curl', `curl -u admin:${password} https://h`, password],
  ['a bearer header', `curl -H "Authorization: Bearer ${token}" https://h`, token],
  ['a basic header', `Authorization: Basic ${basic}`, basic],
  ['a Docker login', `{"auths":{"reg":{"auth":"${basic}"}}}`, basic],
  ['a header with a key', `X-Api-Key: ${token}`, token],
  ['a session cookie', `Cookie: theme=dark; sessionid=${token}`, token],
  ['a netrc line', `machine git.example login bot password ${password}`, password],
  ['a sentence', `The password for the box is ${password}, tell nobody.`, password],
  ['a German sentence', `Das Passwort lautet ${password}.`, password],
  ['a French line', `Mot de passe : ${password}`, password],
  [
    'a UUID that is called a key',
    'HEROKU_API_KEY=4f4268fa-3fe4-36f7-3588-59dfa7efd7c6',
    '4f4268fa-3fe4-36f7-3588-59dfa7efd7c6',
  ],
  [
    'a token with characters between that show nothing',
    `token=${token.slice(0, 9)}\u200B${token.slice(9)}`,
    `${token.slice(0, 9)}\u200B${token.slice(9)}`,
  ],
];

describe('secrets', () => {
  it.each(holding)('hides %s whole', async (_, text, secret) => {
    const verdict = await check(text, { redact: true });
    expect(verdict.verdict).toBe('fail');
    expect(verdict.replacement).not.toContain(secret);
    expect(restore(verdict.replacement ?? null, verdict.vault ?? {})).toBe(text);
  });

  it.each(holding)('finds nothing more once %s is hidden', async (_, text) => {
    const { replacement = '' } = await check(text, { redact: true });
    expect(await check(replacement)).toMatchObject({ verdict: 'pass', score: 1 });
  });

  it.each([
    'password: ${DB_PASSWORD}',
    'password = os.environ["DB_PASSWORD"]',
    'SECRET=TODO',
    'token: <your token>',
    'api_key=YOUR_API_KEY',
    'password: !vault |',
    'const token = await getToken(user2);',
    'password = hash2(value)',
    'let hasApiKey = !isBearerToken;',
    'exports.exchangeX509Token = exchangeX509Token;',
    'max_tokens=4096',
    '"password": "Enter your password"',
    'token_endpoint: https://idp.example/oauth2/v2.0/token',
    'public_key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1x9vZJ',
    'commit 9f8e7d6c5b4a39281706f5e4d3c2b1a09f8e7d6c',
    'id: 4f4268fa-3fe4-36f7-3588-59dfa7efd7c6',
    'integrity sha512-Zk3x9Aabc123DEF456ghi789zz8qqLm1Zk3x9Aabc123DEF456ghi789zz8qqLm1Zk3x9Aabc123DEF4==',
    'payload: eyJldmVudCI6InBhZ2VfdmlldyJ9',
    'postgres://user:password@localhost/db',
    'postgres://app@db/erp',
    'http://host:8080/mail@example.com',
    'AKIAIOSFODNN7EXAMPLE',
    'The secret of a good soup is time.',
    'The password must have 8 characters and 1 digit.',
    '-----BEGIN PRIVATE KEY----- is how such a file begins.',
    'root:x:0:0 in /etc/passwd, "see2"',
    'password=<PASSWORD_1>',
    'Authorization: Bearer <BEARER_TOKEN_1>',
  ])('stays silent on %j', async (text) => {
    expect(await check(text)).toMatchObject({ verdict: 'pass', score: 1 });
  });

  it('is not deceived by a key that is dressed up as a placeholder', async () => {
    expect(await check(`<AKIA${drawn('upper', 16)}_1>`)).toMatchObject({ verdict: 'fail' });
  });

  it('has a name for each form of token that can stand in a placeholder', () => {
    for (const { type } of tokenFormats) {
      const text = redact('x', [{ type, start: 0, end: 1, confidence: 1 }]).text;
      expect(withoutPlaceholders(text), type).not.toContain('<');
    }
  });

  it('knows a value by the name of its field, and keys as well as values', async () => {
    const value = { db: { password }, tokens: [{ access_token: token }], [`sk_live_${drawn('alnum', 24)}`]: 1 };
    const verdict = await check(value, { redact: true });
    expect(verdict.replacement).toEqual({
      db: { password: '<PASSWORD_1>' },
      tokens: [{ access_token: '<SECRET_1>' }],
      '<STRIPE_KEY_1>': 1,
    });
    expect(verdict.evidence).toMatchObject({ counts: { PASSWORD: 1, SECRET: 1, STRIPE_KEY: 1 } });
    expect(restore(verdict.replacement ?? null, verdict.vault ?? {})).toEqual(value);
  });

  it('repeats no secret in its reason or its evidence', async () => {
    const key = `sk_live_${drawn('alnum', 24)}`;
    const { reason, evidence } = await check({ [key]: { note: `password=${password}` } });
    expect(evidence).toMatchObject({
      findings: [
        { at: '/*', key: true },
        { at: '/*/note', start: 9, end: 9 + password.length },
      ],
    });
    for (const secret of [key, password]) expect(JSON.stringify([reason, evidence])).not.toContain(secret);
  });

  it('offers no replacement unless it is asked for one', async () => {
    expect(Object.keys(await check(`password=${password}`))).not.toContain('replacement');
  });

  it('lets pass what is allowed word for word, and what is less sure than is asked for', async () => {
    expect(await check(`password=${password}`, { allow: [password] })).toMatchObject({ verdict: 'pass' });
    expect(await check(`The password is ${password}`, { min_confidence: 0.85 })).toMatchObject({ verdict: 'pass' });
  });

  it('keeps its evidence short, however much there is to find', async () => {
    const text = Array.from({ length: 500 }, (_, index) => `token=${drawn('alnum', 24, index + 1)}`).join('\n');
    const { evidence } = await check(text);
    expect(evidence).toMatchObject({ counts: { SECRET: 500 } });
    expect(JSON.stringify(evidence).length).toBeLessThan(8000);
  });

  it('does not pass a value that is too large to look through', async () => {
    expect(await check('x'.repeat(8_000_001))).toMatchObject({ verdict: 'error', score: 0 });
  });

  it('heeds an abort on a large value', async () => {
    const stopping = new AbortController();
    const scoring = score(
      secrets,
      subjectOf(Array.from({ length: 50 }, () => 'x '.repeat(5000))),
      {},
      { signal: stopping.signal },
    );
    stopping.abort(new Error('enough'));
    await expect(scoring).rejects.toThrow('enough');
  });

  it.each(adversarialUnits)('takes time that grows with the length of a text of nothing but %j', (unit) => {
    expect(growthOf((text) => findSecrets(text, ''), unit)).toBeLessThan(5);
  });
});
