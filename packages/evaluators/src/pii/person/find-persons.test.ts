import { describe, expect, it } from 'vitest';
import { findPersons } from './find-persons.ts';

const names = (text: string, field = ''): readonly string[] =>
  findPersons(text, field).map(({ start, end }) => text.slice(start, end));

describe("a person's name", () => {
  it.each([
    ['Patient Ulrike R. Whitlock was admitted.', ['Ulrike R. Whitlock']],
    ['Deliver to Hoffmann, Harvey today.', ['Hoffmann, Harvey']],
    ['Mr Abhisit met Dr. Strangelove and Frau von Trapp.', ['Abhisit', 'Strangelove']],
    ['It was Ludwig van Beethoven, not George A Romero.', ['Ludwig van Beethoven', 'George A Romero']],
    ['Meet Cheryl at noon.', ['Cheryl']],
    ['My name is Wanqiru Quispelotte.', ['Wanqiru Quispelotte']],
    [
      'Je suis Marie-Claire Dubois; ich heiße Jürgen Groß; me llamo José Núñez.',
      ['Marie-Claire Dubois', 'Jürgen Groß', 'José Núñez'],
    ],
    ['by Beckie Scott', ['Beckie Scott']],
    ['JOHN SMITH signed.', ['JOHN SMITH']],
    ["Anna Berg's house and Siobhán O'Neill's.", ['Anna Berg', "Siobhán O'Neill"]],
    ['with Will Smithers and April Johansson', ['Will Smithers', 'April Johansson']],
    ['Best regards,\nMartin Reincke', ['Martin Reincke']],
    [
      'user=Humberto Rossi&role=Robert Downey Jr., Elizabeth II',
      ['Humberto Rossi', 'Robert Downey Jr.', 'Elizabeth II'],
    ],
    ['J. R. R. Tolkien wrote it.', ['J. R. R. Tolkien']],
    ['Zhang Wei called Sato Haruto.', ['Zhang Wei', 'Sato Haruto']],
    ['a transfer of Kim Min-jae', ['Kim Min-jae']],
    ['regards, Fatima al-Zahra', ['Fatima al-Zahra']],
    ['Frau Dr. Steinbeck ist da.', ['Steinbeck']],
    ['Der Kunde Matthias Oberhuber wartet.', ['Matthias Oberhuber']],
    ['An interview with Malala Yousafzai', ['Malala Yousafzai']],
  ])('is found in %j', (text, expected) => {
    expect(names(text)).toEqual(expected);
  });

  it.each([
    'The May Release is bigger than the Rose Theme.',
    'Will the Grant Agreement hold? Can You tell?',
    'At 45 Martin Lane, near Anna Street and Saint Peter Hospital.',
    'Paris, Washington and Virginia Beach in June',
    'at 412 Margot Ferry and 7 Joseph Extensions',
    'Evans & Partners LLP and Morgan Inc.',
    'A. Struggles Against Rule, U.S. Constitution',
    'IRA and EMA; MAX_BPM',
    'Turkey needs two hours in the oven.',
    'class AnnaController extends BaseController',
    'Morgan Stanley raised its target; Calvin Klein closed.',
    "at Levi's Stadium",
    'Windows Server, Loan Agreement',
  ])('is not found in %j', (text) => {
    expect(names(text)).toEqual([]);
  });

  it('is the whole of a field that is called so', () => {
    expect(names('Qwxtz Bnmpf', 'fullName')).toEqual(['Qwxtz Bnmpf']);
    expect(names('Qwxtz Bnmpf', 'title')).toEqual([]);
    expect(names('42', 'name')).toEqual([]);
  });
});
