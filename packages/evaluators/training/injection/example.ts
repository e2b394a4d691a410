/** One text, or the texts of one tool, with what is known of it. */
export type Example = {
  /** More than one for a tool: its description and those of its parameters. The example is as bad as the worst. */
  readonly texts: readonly string[];
  readonly attack: boolean;
  readonly set: string;
  /** The category, kind or line that it comes from: examples of one group stand on one side of every split. */
  readonly group: string;
  /** Where the attack stands in the one text, in UTF-16 units; without it, anywhere. */
  readonly span?: { readonly start: number; readonly end: number };
  /** How it was disguised; absent: it stands as it would be typed. */
  readonly disguise?: string;
  /** How much it counts in training; examples of one group share what the group is worth. */
  readonly weight: number;
};
