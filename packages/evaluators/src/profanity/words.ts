/**
 * Coarse words by language; `strong` ones are vulgar or a slur, `mild` ones are
 * said on television. Stems: the endings of the language may follow. Offensive
 * by nature; the list is here so that text can be kept free of it.
 */
type Words = { readonly strong: string; readonly mild: string; readonly endings: string };

export const profanity: { readonly [language: string]: Words } = {
  en: {
    strong: `fuck motherfuck motherfucker clusterfuck fuckface fuckwit shit bullshit horseshit dipshit shithead shithole cunt cock cocksuck cocksucker
      dickhead asshole arsehole bitch bastard whore slut twat wank wanker bollocks pussy jizz blowjob handjob dildo faggot fag nigger nigga
      retard tranny dyke spic kike chink gook wetback raghead paki coon`,
    mild: 'damn goddamn crap piss arse ass bugger bloody hell turd prick dick tit boob douche douchebag jackass dumbass badass moron',
    endings: 's es ed er ers ing in y ty ting ted ter',
  },
  de: {
    strong:
      'scheiße scheisse scheiß scheiss beschissen arschloch arschlöcher fotze hure hurensohn wichser ficken fick gefickt schlampe missgeburt kanake nutte schwuchtel',
    mild: 'arsch mist verdammt kacke depp vollidiot',
    endings: 'e en er es n s',
  },
  fr: {
    strong:
      'putain merde connard connasse salope enculé encule enculer pute bordel nique niquer pédé tapette bougnoule',
    mild: 'con conne foutre chier emmerde crétin',
    endings: 's e es r',
  },
  es: {
    strong:
      'puta puto mierda coño joder jodido gilipollas cabrón cabron pendejo hijueputa maricón maricon chingar chingada verga polla',
    mild: 'carajo culo idiota estúpido',
    endings: 's es',
  },
  it: {
    strong: 'cazzo merda stronzo stronza puttana troia vaffanculo coglione coglioni minchia frocio figa',
    mild: 'culo cretino dannazione',
    endings: '',
  },
  pt: {
    strong: 'caralho porra merda puta foda foder fodido buceta viado cuzão arrombado',
    mild: 'bosta droga babaca',
    endings: 's',
  },
  nl: {
    strong: 'kut klootzak kanker tering hoer neuken godverdomme eikel flikker mongool',
    mild: 'verdomme stront lul rot',
    endings: 's en',
  },
  pl: {
    strong: 'kurwa kurwy chuj chuja pierdolić pierdol pierdolony jebać jebany skurwysyn cipa pizda spierdalaj',
    mild: 'cholera gówno dupa dupek',
    endings: '',
  },
  cs: {
    strong: 'kurva kurvy píča piča zmrd kokot čurák hovno mrdat zasranej jebat',
    mild: 'sakra prdel blbec',
    endings: '',
  },
  ru: {
    strong: 'блядь блять сука хуй хуйня хуе пизда пиздец ебать ебаный ёбаный нахуй мудак гандон пидор пидорас',
    mild: 'черт говно жопа дерьмо',
    endings: '',
  },
};
