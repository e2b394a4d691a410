/** Words that say that a person's name follows, and titles that stand before one. */

export const honorific =
  /^(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lord|Lady|Rev|Reverend|Fr|Father|Hon|Capt|Captain|Col|Colonel|Gen|Lt|Sgt|Maj|Judge|Justice|Senator|Sen|Rep|Gov|Herr|Frau|Hr|Fr|Dipl|Ing|M|Mme|Mlle|Monsieur|Madame|Sr|Sra|Srta|Señor|Señora|Don|Doña|Sig|Signor|Signora|Dott|Dottor|Dottoressa|Senhor|Senhora|Dhr|Mevr|Pan|Pani|Fru|Sheikh|Imam|Rabbi|Swami|Shri|Smt)\.?$/;

const saysName = [
  String.raw`my (?:full )?name(?: is|'s)`,
  String.raw`(?:full |first |last |given |family |middle )?names?\s?(?:is|:|=)`,
  String.raw`je suis|je m'appelle|mon nom est|ich bin|ich hei(?:ß|ss)e|mein name ist|(?:yo )?soy|me llamo|mi nombre es|mi chiamo|sono|il mio nome è`,
  String.raw`chamo-me|me chamo|meu nome é|ik ben|mijn naam is|jag heter|jeg heter|mit navn er|nazywam się|jmenuji se|nimeni on`,
  String.raw`fn:|n:|cn=|given ?name|surname|author:|from:|to:|cc:|by:|user:|owner:|assignee:|reporter:|customer:`,
];
const says = [
  String.raw`dear|hi|hello|hey|hallo|liebe[r]?|sehr geehrte[r]? (?:herr|frau)|bonjour|hola|ciao|estimad[oa]|cher|chère|caro|cara|prezado|beste`,
  String.raw`i am|i['’]m|this is|it['’]s|meet|met|call|ask|tell|told|invite|visit|thank|contact|email|married|named|called|alias|aka`,
  String.raw`(?:assigned|deliver|ship|bill|addressed) to|(?:reported|written|authored|prepared|approved|signed) by|attn|attention|c\/o|fao|cc|signed`,
  String.raw`sincerely,|regards,|cheers,|thanks,|gru(?:ß|ss),|cordialement,|saludos,`,
];
const saysWho = [
  String.raw`patient|witness|tenant|client|customer|employee|applicant|candidate|defendant|plaintiff|resident|passenger|guest|driver|nurse|doctor`,
  String.raw`attorney|lawyer|teacher|student|member|beneficiary|policyholder|recipient|sender|payee|holder|owner|manager|director|colleague`,
  String.raw`neighbou?r|friend|wife|husband|son|daughter|brother|sister|mother|father|uncle|aunt|cousin|boss|ceo|cto|cfo|founder|author|reporter`,
  String.raw`photographer|editor`,
];
const prepositions = ['by|from|to|with|for|and|&'];

const cueOf = (...words: readonly string[]): RegExp =>
  new RegExp(String.raw`(?:^|[^\p{L}])(?:${words.join('|')})[\s"'“(:,]{0,4}$`, 'iu');

/** An unknown word behind one of these passes for a name. */
export const strongCue = cueOf(...saysName, ...saysWho);
/** A name that is a word as well is meant as a name behind one of these. */
export const weakCue = cueOf(...saysName, ...saysWho, ...says);
/** And behind one of these when a surname follows it. */
export const anyCue = cueOf(...saysName, ...saysWho, ...says, ...prepositions);

/** What a name follows, and much else as well: two unknown words are believed, one is not. */
export const presenting =
  /(?:^|[^\p{L}])(?:i am|i['’]m|this is|it['’]s|interview with|married|directed by|founded by|written by|born|née|starring)\s$/iu;

/** Fields that hold a person's name and nothing else. */
export const nameField =
  /^(?:(?:full|first|last|middle|given|family|sur|maiden|display|contact|customer|client|patient|employee|user|author|owner|holder|sender|recipient|guest|tenant|manager|account[ _-]?holder|card[ _-]?holder|beneficiary)[ _-]?names?|surname|fn|author|assignee|reporter|patient|nombre|apellidos?|prénom|nom|vorname|nachname|cognome|sobrenome|voornaam|achternaam)$/i;
