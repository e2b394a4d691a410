/**
 * What one expression may be and do. Workflows may come from a planner and data
 * from the web, so every bound holds whatever is written and whatever flows in.
 */
export const limits = {
  /** Characters of one expression. */
  sourceLength: 8192,
  /** Nodes of its syntax tree, macros expanded. */
  nodes: 2000,
  /** Nesting of its syntax tree. */
  depth: 64,
  /** Items of one list (or keys of one map) that a macro may walk through. */
  items: 10_000,
  /** Steps of one evaluation: one for each macro iteration, one for each few characters or values that an operator or function reads. */
  cost: 1_000_000,
  /** Characters of the text that a template or `toJson` may make. */
  text: 16_000_000,
} as const;
