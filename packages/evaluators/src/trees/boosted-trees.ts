/** Boosted trees as a training script wrote them: small, and read in a few steps a tree. */

/** `[feature, threshold, below, at or above]`. */
type TreeNode = readonly [feature: number, threshold: number, low: Tree, high: Tree];
export type Tree = TreeNode | number;

export type TreeModel = {
  /** What it was trained on, on which part of it, and when. */
  readonly trained: { readonly on: string; readonly rows: number; readonly part: string; readonly date: string };
  readonly features: readonly string[];
  readonly bias: number;
  readonly trees: readonly Tree[];
};

/** How likely a row of features is of the positive class, in [0, 1]. */
export function likelihood({ bias, trees }: Pick<TreeModel, 'bias' | 'trees'>, row: readonly number[]): number {
  return 1 / (1 + Math.exp(-trees.reduce<number>((sum, tree) => sum + leafOf(tree, row), bias)));
}

/**
 * Features by name as the row that a model was trained with.
 *
 * @throws RangeError when the model knows one that is not there.
 */
export function rowOf(
  { features }: Pick<TreeModel, 'features'>,
  named: { readonly [name: string]: number },
): readonly number[] {
  return features.map((name) => {
    const value = named[name];
    if (value === undefined) throw new RangeError(`There is no feature ${name}.`);
    return value;
  });
}

export function leafOf(tree: Tree, row: readonly number[]): number {
  let at = tree;
  while (typeof at !== 'number') at = (row[at[0]] ?? 0) < at[1] ? at[2] : at[3];
  return at;
}

/** Trees as a training script writes them: JSON, one a line. */
export function treesOf(lines: string): readonly Tree[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Tree); // written by the training script
}
