/** What an agent may call besides agents of its own. */

/** `sales.query` uses `db.query` on the connection `sales`. */
export type CalledTool = {
  readonly name: string;
  readonly uses: string;
  readonly connection?: string;
  /** `permissions.ask` names it: a person sees each call first. */
  readonly asks?: true;
};

/** `workflow.summarise` runs the workflow `summarise`; its inputs are the arguments, its outputs the result. */
export type CalledWorkflow = { readonly name: string; readonly workflow: string };
