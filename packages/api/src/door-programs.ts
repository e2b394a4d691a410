import { createLinkedPrograms, link, loadProgram } from '@telos/language';

/** Programs of which runs were started here: a run of one that was run before reads, checks and links none. */
export const doorPrograms = createLinkedPrograms({ link, loadProgram });
