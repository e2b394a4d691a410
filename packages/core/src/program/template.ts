/** Expressions as a program keeps them: as text. */
import type { Json } from '../json.ts';

/** JSON whose strings may hold `${{ CEL }}`. */
export type Template = Json;

/** Bare CEL that yields a boolean. */
export type Condition = string;
