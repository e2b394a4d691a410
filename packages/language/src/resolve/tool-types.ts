/** What a call of a tool gives, as far as the tool says so. */
import { fieldOf } from '../text/json-shape.ts';
import { typeOfJsonSchema } from '../types/of-json-schema.ts';
import { typeOfZod } from '../types/of-zod.ts';
import { anyJson } from '../types/type.ts';
import type { Type } from '../types/type.ts';
import { holdsExpression } from './expressions.ts';
import type { Resolution } from './resolution.ts';
import type { Sight } from './sight.ts';
import type { WrittenUse } from './tool-use.ts';
import { typeOfTemplate } from './typing.ts';

export function typeOfToolOutput({ tool, with: given }: WrittenUse, sight: Sight, resolution: Resolution): Type {
  if (tool === undefined) return anyJson;
  const echoed = tool.echoes === undefined ? undefined : fieldOf(given, tool.echoes);
  if (echoed !== undefined) return typeOfTemplate(echoed, sight, resolution);
  const schema = tool.outputSchemaOf?.(given);
  return schema === undefined || holdsExpression(schema) ? typeOfZod(tool.output, 'output') : typeOfJsonSchema(schema);
}
