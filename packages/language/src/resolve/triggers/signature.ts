import type { BodySignature, Json, SignatureSpec } from '@telos/core';
import { fieldOf, isObject, textField } from '../../text/json-shape.ts';
import type { Place } from '../../text/place.ts';
import type { Resolution } from '../resolution.ts';

const usualHeaders: { readonly [A in BodySignature['algorithm']]: string } = {
  sha1: 'x-signature',
  sha256: 'x-signature-256',
  sha512: 'x-signature-512',
};

const secretName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** How a webhook's requests prove where they come from. Header names are kept in lower case. */
export function signatureOf(
  written: Json | undefined,
  place: Place,
  resolution: Resolution,
): SignatureSpec | undefined {
  const secret = textField(written, 'secret');
  if (!isObject(written) || secret === undefined) return undefined;
  if (secretName.test(secret)) resolution.requires.secrets.add(secret);
  else {
    const inside = /secrets\s*\.\s*(\w+)/.exec(secret)?.[1];
    resolution.report({
      code: 'INVALID_VALUE',
      place: [...place, 'secret'],
      message: 'a signature names its secret: letters, digits and `_`',
      hint: inside === undefined ? 'the secret itself stands in the environment' : `write secret: ${inside}`,
    });
  }
  if (fieldOf(written, 'scheme') === 'standard') {
    const beside = ['header', 'algorithm', 'prefix', 'encoding'].find((name) => fieldOf(written, name) !== undefined);
    if (beside !== undefined) {
      resolution.report({
        code: 'INVALID_VALUE',
        place: [...place, beside],
        message: `\`scheme: standard\` says \`${beside}\` already`,
        hint: `leave \`${beside}\` out`,
      });
    }
    return { secret, scheme: 'standard' };
  }
  const stated = fieldOf(written, 'algorithm');
  const algorithm = stated === 'sha1' || stated === 'sha512' ? stated : 'sha256';
  return {
    secret,
    header: (textField(written, 'header') ?? usualHeaders[algorithm]).toLowerCase(),
    algorithm,
    prefix: textField(written, 'prefix') ?? `${algorithm}=`,
    encoding: fieldOf(written, 'encoding') === 'base64' ? 'base64' : 'hex',
  };
}
