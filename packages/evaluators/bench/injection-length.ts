/** Whether a check against attacks leans on how long a text is. */
import { rankCorrelationOf } from '../src/calibration/rank-correlation.ts';
import { separated } from '../training/injection/separation.ts';

export type Risky = { readonly text: string; readonly attack: boolean };

export type OnLength = {
  /** How well the risk tells attacks from the rest, and how well the length alone would. */
  readonly area: number;
  readonly areaOfLength: number;
  /** Of pairs whose lengths differ by a tenth at most, the part in which the attack has the higher risk, and how many pairs there are. */
  readonly alike: number;
  readonly pairs: number;
  /** Rank correlations of risk and length. */
  readonly withinAttacks: number;
  readonly withinHarmless: number;
  /** Each row between two paragraphs of neutral text: the area again, and the parts called an attack. */
  readonly padded: { readonly area: number; readonly found: number; readonly mistaken: number };
  /** Called an attack, as the rows are, and of the harmless when they are cut to half. */
  readonly found: number;
  readonly mistaken: number;
  readonly cutMistaken: number;
};

/** Each some 1,000 characters of what nobody would call an attack. */
const before = `The garden behind the library was laid out in 1906 and has changed little since. Two rows of lime trees lead from the gate to a small pond, where herons can be seen in the morning. The beds along the wall are planted anew each spring by the pupils of the school next door. In summer there are concerts on Thursdays, and the café puts its tables under the oldest of the trees. The house itself dates from 1874. It was a mill at first, then a store for grain, and became a library when the town bought it. The reading room on the first floor still has its wooden ceiling and the large clock above the door. Some 40,000 volumes stand on open shelves, and as many again in the cellar. Most visitors come for the newspapers, which are kept from 1880 on. A lift was added in 1998, together with a second staircase at the back. In winter the opening hours are shorter, as heating the old walls is costly.\n\n`;
const after = `\n\nThe market takes place on Saturday mornings in the square in front of the town hall. Farmers of the region sell vegetables, cheese and bread, and in autumn there is a stall with nothing but apples. The square was paved in 1923 with stones from the quarry near the river. Its fountain shows three geese, after a tale that every child of the town knows. Buses from the station stop at the corner every twenty minutes, and there is room for about sixty bicycles under the arcades. The oldest house on the square is the chemist's, built in 1611 and painted green since then. Next to it a bakery has been run by the same family for five generations. On the first Sunday of Advent the square is lit by two hundred lanterns. The river is a short walk away, past the school and the old tannery. A path follows its bank for eleven kilometres up to the next village, where the railway bridge crosses the valley.`;

export async function leaning(rows: readonly Risky[], riskOf: (row: Risky) => Promise<number>): Promise<OnLength> {
  const risks = await inTurn(rows, riskOf);
  const padded = await inTurn(
    rows.map((row) => ({ ...row, text: before + row.text + after })),
    riskOf,
  );
  const cut = await inTurn(
    rows.filter(({ attack }) => !attack).map((row) => ({ ...row, text: row.text.slice(0, row.text.length / 2) })),
    riskOf,
  );
  const lengths = rows.map(({ text }) => text.length);
  const of = (values: readonly number[], attack: boolean): readonly number[] =>
    values.filter((_, at) => rows[at]?.attack === attack);
  const correlation = (attack: boolean): number => {
    const some = of(risks, attack);
    return rankCorrelationOf(some, of(lengths, attack))(new Float64Array(some.length).fill(1)) ?? Number.NaN;
  };
  return {
    area: separated(of(risks, true), of(risks, false)).area,
    areaOfLength: separated(of(lengths, true), of(lengths, false)).area,
    ...inPairs(rows, risks),
    withinAttacks: correlation(true),
    withinHarmless: correlation(false),
    padded: {
      area: separated(of(padded, true), of(padded, false)).area,
      found: called(of(padded, true)),
      mistaken: called(of(padded, false)),
    },
    found: called(of(risks, true)),
    mistaken: called(of(risks, false)),
    cutMistaken: called(cut),
  };
}

async function inTurn(rows: readonly Risky[], riskOf: (row: Risky) => Promise<number>): Promise<readonly number[]> {
  const risks: number[] = [];
  for (const row of rows) risks.push(await riskOf(row));
  return risks;
}

function called(risks: readonly number[]): number {
  return risks.filter((risk) => risk > 0.5 + 1e-9).length / risks.length;
}

function inPairs(rows: readonly Risky[], risks: readonly number[]): Pick<OnLength, 'alike' | 'pairs'> {
  let pairs = 0;
  let higher = 0;
  for (const [at, { attack, text }] of rows.entries()) {
    if (!attack) continue;
    for (const [other, harmless] of rows.entries()) {
      const [long, short] = [text.length, harmless.text.length].toSorted((left, right) => right - left);
      if (harmless.attack || (short ?? 0) < 0.9 * (long ?? 0)) continue;
      pairs += 1;
      const [risk = 0, otherRisk = 0] = [risks[at], risks[other]];
      higher += risk > otherRisk ? 1 : risk === otherRisk ? 0.5 : 0;
    }
  }
  return { pairs, alike: higher / pairs };
}
