/** The fields of a JSON Schema, one line each: what a tool or a check takes, what a tool gives. */
import { z } from 'zod';

const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  get anyOf() {
    return z.array(Schema).optional();
  },
  /** `false`: no items beyond those of a tuple. */
  get items() {
    return z.union([Schema, z.boolean()]).optional();
  },
  get properties() {
    return z.record(z.string(), Schema).optional();
  },
  required: z.array(z.string()).optional(),
  description: z.string().optional(),
  default: z.unknown().optional(),
});
type Schema = z.infer<typeof Schema>;

/**
 * @param direction What is taken says which fields are required; what is given says which may be absent.
 * @returns `name  type  what it means`, in columns. Empty when the schema names no fields.
 */
export function fieldLines(schema: unknown, direction: 'taken' | 'given'): readonly string[] {
  const { properties = {}, required = [] } = Schema.parse(schema);
  const rows = Object.entries(properties).map(([name, field]) => {
    const facts = [
      ...(direction === 'taken' && required.includes(name) ? ['Required.'] : []),
      ...(direction === 'given' && !required.includes(name) ? ['May be absent.'] : []),
      ...(field.description === undefined ? [] : [field.description]),
      ...(field.default === undefined || field.default === '' ? [] : [`Default ${JSON.stringify(field.default)}.`]),
    ];
    return [name, typeWords(field), facts.join(' ')] as const;
  });
  const widest = (column: 0 | 1): number => Math.max(0, ...rows.map((row) => row[column].length));
  const [names, types] = [widest(0), widest(1)];
  return rows.map(([name, type, facts]) => `${name.padEnd(names)}  ${type.padEnd(types)}  ${facts}`.trimEnd());
}

const words: { readonly [type: string]: string } = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  object: 'map',
  null: 'null',
};

function typeWords(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map(String).join(' | ');
  if (schema.anyOf !== undefined) return [...new Set(schema.anyOf.map(typeWords))].join(' | ');
  if (schema.type === 'array') {
    const item = typeof schema.items === 'object' ? typeWords(schema.items) : 'any';
    return item === 'any' || item.includes('|') ? 'list' : `list of ${item}`;
  }
  const names = Object.keys(schema.properties ?? {});
  if (names.length > 0) return `{ ${names.join(', ')} }`;
  if (schema.type === undefined) return 'any';
  return [schema.type]
    .flat()
    .map((type) => words[type] ?? type)
    .join(' | ');
}
