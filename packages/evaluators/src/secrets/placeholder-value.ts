/**
 * What stands where a secret would stand and is none: a word that says "put
 * yours here", a reference to where it is kept, a piece of code that fetches it.
 */

const words = new Set(
  `null none nil undefined true false yes no on off empty todo tbd fixme n/a na unset default disabled enabled
  required optional string str text varchar char number int integer boolean bool any unknown object bytes secretstr
  redacted removed hidden masked filtered censored omitted private secret secrets password passwd pwd pass token tokens
  key apikey api_key credentials changeme change_me change-me changeit replaceme replace_me replace-me foobar foo bar baz
  example sample dummy placeholder fake mock test testing tester demo value here yours mine insert enter your_key
  bearer basic digest negotiate apikey jwt oauth oauth2 env vault env_var secretkeyref valuefrom`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Anywhere in a value: nothing that was made at random holds these. */
const telling =
  /example|placeholder|change[-_ ]?me|replace[-_ ]?(?:me|with|this)|your[-_ ]?(?:own[-_ ]?)?(?:api|secret|token|key|password|access|client|app|org|account|project)|<[^<>]{0,60}>|redacted|\[?(?:removed|masked|hidden|filtered)\]?$|insert[-_ ]|dummy|not[-_ ]?(?:a[-_ ])?(?:real|secret)|xxxx|\*{3}|\.{3}|…|•{3}|0{8}|1{8}|123456789|abcdefgh|deadbeef|(?:^|[-_])(?:fake|sample|todo|tbd|fixme)(?:[-_]|$)/i;

/** Where it is kept or how it is fetched, in configuration and in code. */
const reference =
  /^\$(?:[A-Z][A-Z0-9_]{2,}|[a-z_]{3,})$|\?\.|\$\{|\$\(|^\{\{|\}\}|^%\w{1,60}%|^#\{|^<%|^[*&][a-z_]{2,40}$|^!(?:vault|ref|sub|getatt|secret|env|include|reference|encrypted|importvalue|join)\b|^(?:process|os|env|environ|config|settings|self|this|ctx|context|request|req|params|args|options|opts|props|state|data|user|vars?|secrets?|local|module|import|std|vault|ssm|arn|op|keyring|file|ref|sm|awssm|gcpsm)(?:\.|::|:\/\/|->|\[|:)|environ\b|process\.env|import\.meta|secrets\.\w|^[\w.]{2,60}\(\S{0,80}\)?;?$|^[\w.]{2,60}\[["']?\w{1,40}["']?\]$/i;

/** A value that is no secret, whatever it is called. */
export function isPlaceholder(value: string): boolean {
  const plain = value.replace(/^[\s"'`([{<]+|[\s"'`)\]}>.,;:!]+$/g, '').toLowerCase();
  if (plain.length < 4 || words.has(plain)) return true;
  const head = value.slice(0, 400);
  if (telling.test(head) || reference.test(head)) return true;
  return isMonotonous(plain.slice(0, 400));
}

/** `aaaaaaaa`, `--------`, `abcabcabc`: few different characters for its length. */
function isMonotonous(value: string): boolean {
  const different = new Set(value).size;
  return different <= 2 || (value.length >= 16 && different <= 4);
}
