/** The small forms that keys of the language share. */
import { z } from 'zod';
import { durationPattern } from '../text/duration.ts';
import { sizePattern } from '../text/size.ts';

export const namePattern = /^[a-z][a-z0-9_]*$/;

export const name = z
  .string()
  .max(64, 'a name may have 64 characters')
  .regex(namePattern, 'a name begins with a lower-case letter and holds lower-case letters, digits and `_`');

export const text = z.string().min(1, 'it is empty');

export const duration = z
  .string()
  .regex(durationPattern, 'a duration is a number and one of ms, s, m, h, d, such as `30s`')
  .meta({ description: 'A duration: 500ms, 30s, 5m, 2h, 1d.' });

/** A duration, or text with an expression that gives one, or a number of milliseconds. */
export const durationOrExpression = z.union([duration, z.string().regex(/\$\{\{/, 'no expression')]);

export const count = z
  .union([z.int().min(0), z.string().regex(sizePattern, 'a count is a number, also with a unit, such as `400k`')])
  .meta({ description: 'A number, or one with a unit: 400k, 2M.' });

/** Any JSON; text in it may hold `${{ CEL }}`. */
export const template = z.unknown();

export const condition = z
  .union([z.string().min(1, 'the condition is empty'), z.boolean()])
  .meta({ description: 'Bare CEL that gives true or false, without ${{ }}.' });
