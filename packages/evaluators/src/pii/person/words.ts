/**
 * Capitalised words that are no names, and names that are words as well.
 */
const setOf = (...lists: readonly string[]): ReadonlySet<string> =>
  new Set(lists.flatMap((list) => list.trim().split(/\s+/)));

/** What begins sentences and stands in headings. */
const ordinary = `
Argo Chanel Loan Server Kunde Kundin Mitarbeiter Mitarbeiterin Patientin Mieter Mieterin Vermieter Zeuge Zeugin Cliente Clienta Paciente Client Locataire Témoin Klient Klientka
A About Above Anal Era Coder Local According Account Accounts Across Act Action Add Additional Address Admin After Again Against Age Agency Agent Agents Agreement All Almost Alone Along Also Although Always Am Among An And Annual Another Answer Any Anyone Api App Application Apply Are Area Around Article As Ask At Attention Author Available Away Back Balance Bank Based Basic Be Because Become Been Before Begin Behind Being Below Best Better Between Big Billing Birth Board Body Book Booking Both Branch Brand Budget Build Building Business But Button By Call Called Came Can Cannot Card Care Case Category Cause Center Central Centre Chairman Change Channel Chapter Chat Check Chief Child Children City Claim Class Click Client Clients Close Code Comment Comments Committee Common Community Company Complete Computer Conference Confirm Consider Contact Content Context Contract Control Copy Cost Could Council Country County Course Court Cover Create Credit Current Currently Custom Customer Customers Daily Dashboard Data Database Date Day Days Deal Dear Debit Decision Default Delete Deliver Delivery Department Description Design Detail Details Dev Development Device Did Digital Director Directory Discount Discussion District Division Do Doctor Document Documents Does Doing Domain Done Door Double Down Download Draft Due During Each Early East Eastern Edit Editor Education Effect Either Else Email Emails Emergency Employee Employees End Engineer Engineering English Enter Error Escalation Especially Even Event Events Ever Every Everyone Everything Example Except Executive Expected Experience Export External Extra Face Fact Failed False Family Far Fax Feature Features Federal Fee Feedback Feel Few Field Fields Figure File Files Final Finally Finance Financial Find Fine First Five Fix Flight Floor Folder Follow Following Food Foot For Foreign Form Former Forum Forward Found Four Free From Front Full Function Further Future Gave General Get Getting Gift Give Given Global Go Going Gold Golden Gone Good Got Government Great Group Groups Guest Guide Had Half Hall Hand Has Have Having He Head Heading Health Hello Help Her Here Hey Hi High Him His History Hold Holiday Home Hospital Hotel Hour Hours House How However Human I Id Idea If Image Images Important In Inc Include Including Indeed Index Individual Industry Info Information Inside Instead Institute Insurance Integer Internal International Internet Interview Into Investment Invoice Is Issue Issues It Item Items Its Itself Job Join Journal Jr Just Keep Kernel Key Keys Kind King Know Known Label Lab Land Language Large Last Late Later Latest Law Lead Leader Learn Least Leave Left Legal Less Let Letter Level Library License Life Light Like Limit Limited Line Link Links List Little Live Local Location Log Login Long Look Looking Lord Loss Lot Love Low Ltd Made Mail Main Major Make Making Man Management Manager Many Map Market Marketing Master Material Matter Maybe Me Mean Means Measure Media Medical Meet Meeting Meetings Member Members Memo Men Menu Message Messages Meta Method Might Military Mind Mine Minister Ministry Minor Minute Minutes Missing Mobile Model Modern Modify Module Moment Money Month Monthly More Morning Most Mother Mountain Mouse Move Mr Mrs Ms Much Multiple Museum Music Must My Name National Native Near Need Needs Network Never New News Next Nice Night No Nobody None Nor Normal North Northern Not Note Notes Nothing Notice Now Null Number Object Of Off Offer Office Officer Official Often Oh Ok Okay Old On Once One Online Only Open Opening Operation Option Options Or Order Orders Organization Original Other Our Out Outside Over Overview Own Owner Page Paid Paper Paragraph Parent Park Part Partner Party Password Past Patient Patients Pay Payment Payments People Per Percent Performance Perhaps Period Person Personal Phone Photo Picture Place Plan Plans Play Player Please Plus Point Police Policy Political Pool Poor Popular Port Portal Position Possible Post Power Practice Prepare Present President Press Price Primary Prime Print Prior Private Problem Process Product Production Products Professor Profile Program Programme Programs Project Projects Promise Property Protocol Provide Province Public Purchase Purpose Put Quality Query Question Questions Quick Quite Race Rate Rather Read Reading Ready Real Really Reason Receipt Received Recent Recently Record Records Red Reference Refund Region Register Registered Registration Regular Related Release Reminder Remove Reply Report Reports Representative Republic Request Required Research Reservation Resident Response Rest Result Results Return Review Reviews Right Rise River Road Role Room Round Rule Run Safe Said Sale Sales Same Sample Saw Say Says Schedule School Science Score Search Season Second Secretary Section Secure Security See Seems Select Self Seller Senate Send Sender Senior Sent September Series Service Services Session Set Setting Settings Seven Several Shall Share She Shift Ship Shipping Shop Short Should Show Side Sign Signed Similar Simple Since Single Sir Sister Site Six Size Skip Small So Social Society Software Some Someone Something Sometimes Son Song Soon Sorry Source South Southern Space Speaker Special Staff Stage Standard Start State Statement States Station Status Stay Step Still Stock Stop Store Story Street Strong Student Students Study Style Subject Submit Subscription Success Such Suite Sum Summary Supplier Support Sure Survey System Systems Table Take Taken Talk Tax Team Teams Tech Technical Technology Tell Ten Tenant Term Terms Test Text Than Thank Thanks That The Their Them Theme Then There Therefore These They Thing Things Think Third This Those Though Three Through Thus Ticket Tickets Time Times Title To Today Together Token Tomorrow Tonight Too Tool Tools Top Topic Total Tour Tower Town Track Trade Traffic Train Training Transaction Transfer Travel Treatment Trial Trip True Trust Try Turn Two Type Under Union Unit United University Unless Unknown Until Up Update Updates Upon Us Usage Use User Users Using Usually Valid Value Van Vendor Version Very Via Video View Village Visit Voice Volume Wait Want War Warning Was Watch Water Way We Web Website Week Weekly Well Went Were West Western What When Where Whether Which While White Who Whole Whose Why Will Window Windows With Within Without Witness Woman Women Word Work Worker Working Works World Would Write Wrong Yard Year Years Yes Yesterday Yet You Young Your Zip Zone
`;

/** Behind a name they make a place or a company of it, before it a place. */
const placesAndCompanies = `
Academy Airlines Airport Alley Allee Analytics Apartments Associates Association Autobahn Avenida Avenue Ave Av Bank Bay Beach Blvd Boulevard Bridge Brothers Building Calle Camp Cape Capital Carretera Castle Cathedral Cemetery Center Centre Chapel Chaussee Chemicals Church Circle Cliff Clinic Close Club Coast College Companies Company Consulting Corp Corporation Corso Council County Court Couriers Cove Creek Crescent Cup Dam Desert Designs District Drive Dr Energy Enterprises Estate Falls Farm Field Films Financial Forest Fort Foods Forum Foundation Freight Garden Gardens Garage Gasse Gate GmbH Grove Hall Harbor Harbour Heights Hill Hills Holdings Hollow Hospital Hotel House Hwy Highway Inc Industries Inn Insurance International Island Isle Islands Junction Labs Laboratories Lake Lakes Lane Ln Library LLC LLP Logistics Ltd Lodge Mall Manor Marathon Market Marina Marketing Meadow Media Memorial Mews Mill Mine Monastery Motors Mount Mountain Mountains Mt Museum Ocean Palace Park Parkway Partners Pass Path Peak Peninsula Pharmacy Pharma Pier Pizza Place Plain Plains Platz Plaza Plc Point Pond Port Prison Quarry Quay Rd Records Reef Republic Research Reservoir Resort Restaurant Ridge Rink River Road Row Rua Rue Ruta Salon Sanctuary School Sea Services Shipping Shop Software Solutions Sons Spa Speedway Springs Square St Stadium Stadt Station Steelworks Store Strasse Straße Strait Street Studio Studios Summit Supplies Systems Technologies Temple Terrace Theater Theatre Tower Towers Township Trail Transport Trust Tunnel University Valley Via Viale Villa Village Ville Vineyards Vista Volcano Walk Ward Way Weg Wharf Winery Woods Works Yacht Zoo
`;

/** Behind a number and a name they make a street of it; alone they may be a surname. */
const streets = `Bluff Branch Brook Burg Bypass Causeway Corner Corners Course Crossing Crossroad Curve Dale Divide Estate Expressway Extension Ferry Flat Flats Ford Fords Forge Fork Freeway Glen Green Greens Inlet Key Keys Knoll Landing Light Locks Loop Manors Mission Oval Parade Parkways Passage Pike Pine Pines Plaza Ports Prairie Radial Ramp Ranch Rapid Rest Route Run Shoal Shore Shores Skyway Spring Spur Squares Stravenue Stream Throughway Trace Track Trafficway Turnpike Underpass Union Unions Viaduct Views Wall Well Wells`;

/** Before a name they belong to a place. */
const beforePlaces = `Avenida Avenue Boulevard Cabo Calle Camino Cape Carretera Carrer Chemin Corso Fort Isla Isle Lake Largo Lago Mount Mt Piazza Place Plaza Port Porto Praça Quai Rio Rua Rue Ruta Saint San Santa Santo São Square St Sankt Via Viale Villa Ulica Ulitsa Impasse Allée Camp Hotel Cafe Café Restaurant Bar Museo Musée University Universidad Université Castle Château Schloss`;

const calendar = `
January February March April May June July August September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Monday Tuesday Wednesday Thursday Friday Saturday Sunday Mon Tue Tues Wed Thu Thurs Fri Sat Sun Spring Summer Autumn Winter Fall Christmas Easter Ramadan Diwali Thanksgiving
Januar Februar März Mai Juni Juli Oktober Dezember Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag Janvier Février Mars Avril Juin Juillet Août Septembre Octobre Novembre Décembre Lundi Mardi Mercredi Jeudi Vendredi Samedi Dimanche Enero Febrero Marzo Abril Mayo Junio Julio Agosto Septiembre Octubre Noviembre Diciembre Lunes Martes Miércoles Jueves Viernes Sábado Domingo
`;

const places = `
Aberdeen Abuja Accra Adelaide Africa Alabama Alaska Algiers Alps America Amman Amsterdam Ankara Antarctica Antwerp Arctic Arizona Arkansas Asia Athens Atlanta Atlantic Auckland Austin Australia Baghdad Baltimore Bangalore Bangkok Barcelona Basel Bath Beijing Beirut Belfast Belgrade Bergen Berlin Bern Birmingham Bogota Bogotá Bologna Bombay Bonn Bordeaux Boston Brasilia Bratislava Brighton Brisbane Bristol Britain Brooklyn Bruges Brussels Bucharest Budapest Buffalo Burgundy Cairo Calcutta Calgary California Cambridge Canberra Cardiff Caribbean Carolina Casablanca Catalonia Charlotte Chengdu Chennai Chicago Cincinnati Cleveland Cologne Colombo Colorado Columbus Connecticut Copenhagen Cork Cornwall Croydon Dakar Dallas Damascus Delaware Delhi Denver Derby Detroit Devon Dhaka Doha Dortmund Dover Dresden Dubai Dublin Dubrovnik Durban Düsseldorf Edinburgh Essen Essex Europe Florence Florida Frankfurt Galway Gaza Gdansk Geneva Genoa Georgia Ghent Glasgow Gothenburg Granada Graz Grenoble Guadalajara Guangzhou Hamburg Hanoi Hanover Harare Harvard Havana Hawaii Helsinki Hollywood Houston Hyderabad Idaho Illinois Indiana Indianapolis Iowa Istanbul Jakarta Jersey Jerusalem Johannesburg Kabul Kampala Kansas Karachi Kathmandu Kent Kentucky Kiev Kigali Kolkata Krakow Kraków Kuala Kyiv Kyoto Lagos Lahore Lancaster Lausanne Leeds Leicester Leipzig Lille Lima Lisbon Liverpool Ljubljana London Louisiana Luanda Lusaka Lviv Lyon Madrid Maine Malaga Malmo Malmö Manchester Manhattan Manila Maputo Marrakesh Marseille Maryland Massachusetts Mecca Medellin Medina Melbourne Memphis Miami Michigan Milan Milwaukee Minneapolis Minnesota Minsk Mississippi Missouri Mombasa Montana Monterrey Montevideo Montpellier Montreal Moscow Mumbai Munich Nagoya Nairobi Nantes Naples Nashville Nebraska Nevada Newcastle Nice Norfolk Norwich Nottingham Oakland Ohio Oklahoma Omaha Ontario Oregon Orlando Osaka Oslo Ottawa Oxford Pacific Palermo Paris Pennsylvania Perth Philadelphia Phoenix Pittsburgh Portland Porto Prague Pretoria Princeton Pune Quebec Quito Rabat Reykjavik Riga Rio Riyadh Rome Rotterdam Rouen Sacramento Salzburg Santiago Sarajevo Scotland Seattle Seoul Seville Shanghai Sheffield Shenzhen Siberia Sicily Sofia Southampton Stanford Stockholm Strasbourg Stuttgart Surrey Sussex Sydney Tacoma Taipei Tallinn Tampa Tampere Tehran Tennessee Texas Tokyo Toledo Toronto Toulouse Tripoli Trieste Tucson Tunis Turin Tuscany Utah Utrecht Valencia Vancouver Venice Vermont Vienna Vilnius Virginia Wales Warsaw Washington Wisconsin Wyoming Yale Yokohama York Yorkshire Zagreb Zurich Zürich
England Scotland Wales Holland USA UK US EU UAE NATO UN Lumpur City Angeles Francisco Diego Antonio Aires Paulo Janeiro Petersburg Hague Vegas Orleans Town
`;

const peoples = `
African American Arab Arabic Argentine Asian Australian Austrian Belgian Brazilian British Bulgarian Canadian Catholic Chilean Chinese Christian Colombian Conservative Croatian Cuban Czech Danish Democrat Democratic Dutch Egyptian English Estonian Ethiopian European Filipino Finnish French German Greek Hindu Hispanic Hungarian Icelandic Indian Indonesian Iranian Iraqi Irish Islamic Israeli Italian Jamaican Japanese Jewish Kenyan Korean Labour Latin Latino Latvian Lebanese Liberal Libyan Lithuanian Malaysian Mexican Moroccan Mormon Muslim Nigerian Norwegian Orthodox Pakistani Peruvian Polish Portuguese Protestant Republican Romanian Russian Saudi Scottish Serbian Sikh Slovak Socialist Spanish Sunni Swedish Swiss Syrian Thai Tory Tunisian Turkish Ukrainian Vietnamese Welsh
Google Microsoft Apple Amazon Facebook Meta Twitter Instagram Linkedin Github Gitlab Slack Docker Kubernetes Linux Android Windows Chrome Firefox Safari Python Java Javascript Typescript Node React Angular Postgres Redis Mongo Excel Word Outlook Oracle Samsung Sony Nokia Siemens Bosch Toyota Honda Ford Mercedes Benz Tesla Boeing Airbus Visa Mastercard Paypal Amex Netflix Spotify Disney Bitcoin Ethereum Claude Gemini Siri Alexa Cortana Watson Jupiter Saturn Venus Mars Mercury Earth Moon Bible Quran Nobel Mac Intel OS Gecko Mozilla Arduino Flip Amen San Islam Christ God Allah Buddha Jesus Santa Sao São Dear Grammy Emmy Olympics
`;

/** Countries that English says in one word; of the others the words that nothing else has. */
function countries(): readonly string[] {
  const named = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  const codes = letters.flatMap((first) => letters.map((second) => first + second));
  const single = codes.map((code) => named.of(code) ?? '').filter((name) => /^\p{Lu}[\p{L}'-]+$/u.test(name));
  return [
    ...single,
    ...'Zealand Arabia Korea Lanka Salvador Rica Leone Faso Guinea Kingdom Emirates Hong Kong Herzegovina Bosnia Macedonia Republic Timor Tobago Trinidad Antigua Barbuda Verde Caledonia'.split(
      ' ',
    ),
  ];
}

export const notNames: ReadonlySet<string> = new Set([
  ...setOf(ordinary, placesAndCompanies, calendar, places, peoples),
  ...countries(),
]);
export const placeWords = setOf(placesAndCompanies);
export const streetWords = setOf(streets);
export const beforePlace = setOf(beforePlaces);

/** Names that are words, months, places or titles as well: alone they are not taken for names. */
export const alsoWords = setOf(`
Ada Adore Ally Alma Amber Ami Amour Angel Anise Ani April Aria Art Asia August Aurora Austin Autumn Ava Avis Barb Basil Bay Bella Belle Bent Bill Billy Bliss Blue Bob Bonnie Brandy Bree Brook Brooks Bud Buck Carol Carmel Cash Cat Chance Charity Chase Chelsea Cherry Chester Chip Christian Chuck Clay Clementine Cliff Cole Colt Comfort Constance Coral Crystal Cruz Curt Daisy Dale Dan Dash Dawn Dean Dell Desire Destiny Diamond Dick Dixie Dolly Don Drake Drew Duke Dustin Earl Ebony Eden Eve Ever Faith Fay Fern Flora Floor Ford Forrest Fran Frank Gale Gene Ginger Glen Gold Grace Grant Gray Gus Guy Happy Harmony Haven Hazel Heath Heather Heaven Holly Honey Hope Hunter Iris Iman Israel Kenya Chad Georgia Martin Florence Charlotte Lancaster Sofia Valencia Sydney Dakota Kent Lincoln Washington Carolina Ivory Ivy Jack Jade Jasmine Jay Jean Jet Jewel Job Johns Jordan Joy Judge Jules Jun June Junior Juno Justice Karma Kay Kin Lacy Lance Lane Laurel Lee Legend Lily Linden Lona Long Loyal Luck Luna Lyric Madison Mack Major Marina Marine Mark Marsh Martin Mason Matt Max May Mercy Merit Mia Mike Miles Mina Misty Moe Monty Moon Myrtle Nana Nick Nova Ocean Odd Olive Opal Otto Page Pansy Paris Pat Patience Patsy Pearl Penny Petal Pete Phoenix Pierce Poppy Porter Precious Prince Princess Prudence Queen Rain Raven Ray Reed Ren Rex Rich River Rob Robin Rocky Roman Rose Rosemary Rowan Royal Ruby Rusty Ruth Sage Said Sally Sandy Santos Savannah Scout Senna Serenity Shay Sho Sienna Silver Sky Skip Sol Sonny Star Sterling Stone Storm Sue Summer Sunny Sun Tal Tara Tiger Till Tom Tor Trinity Troy True Tui Tyler Una Uri Urban Valentine Van Velvet Vera Verity Victor Victoria Violet Virginia Vista Ward Wade Warren Wave Will Willow Win Winter Wolf Woody Young Zen Zion Ion Dame Dominion Golden Gun Lion Mine Nine Peer Pie Pit Prune Pip Queen Ram Reef Remo Rim Salah Sang Sari Sean Satin Sever Sigh Soda Sora Tan Tea Tone Toy Trace Tray Unique Uno Vida Vital Wage Yaw Yoga
`);

/** Family names that stand first, in Chinese, Japanese, Korean and Vietnamese, and that are hardly any other word. */
export const familyNamesFirst = setOf(`
Zhang Wang Li Liu Chen Yang Huang Zhao Wu Zhou Xu Zhu Guo Gao Luo Zheng Liang Xie Tang Deng Xiao Feng Cheng Cai Peng Pan Yuan Dong Yu Su Ye Lu Wei Jiang Ding Shen Ren Lu Yao Zhong Tan Fan Shi Liao Jia Xia Fu Fang Zou Xiong Meng Qin Qiu Yin Xue Lei Hou Tian Hao Kong Shao Qian
Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki Matsumoto Inoue Kimura Shimizu Hayashi Saito Mori Abe Ikeda Hashimoto Yamashita Ishikawa Nakajima Maeda Fujita Ogawa Okada Goto Hasegawa Murakami Kondo Ishii Sakamoto Endo Aoki Fujii Nishimura Fukuda Miura Fujiwara Okamoto Matsuda Nakagawa
Kim Choi Jung Kang Cho Yoon Jang Lim Han Shin Seo Kwon Hwang Ahn Ryu Jeon Hong Moon Bae Baek Nam Noh
Nguyen Nguyễn Tran Trần Le Lê Pham Phạm Hoang Hoàng Huynh Huỳnh Phan Vu Vũ Vo Võ Dang Đặng Bui Bùi Do Đỗ Ho Hồ Ngo Ngô Duong Dương Ly Lý
`);

/** Named after people, and hardly ever said of them. */
export const brands = new Set([
  'Morgan Stanley',
  'Calvin Klein',
  'Louis Vuitton',
  'Ralph Lauren',
  'Hugo Boss',
  'Tommy Hilfiger',
  'Michael Kors',
  'Kate Spade',
  'Jimmy Choo',
  'Marie Claire',
  'Wells Fargo',
  'Charles Schwab',
  'Merrill Lynch',
  'Goldman Sachs',
  'Aston Martin',
  'Alfa Romeo',
  'Mercedes Benz',
  'Harley Davidson',
  'Jack Daniel',
  'Johnnie Walker',
  'Jim Beam',
  'Marks Spencer',
  'Saint Louis',
  'Jack Wolfskin',
  'Estee Lauder',
  'Estée Lauder',
  'Mary Kay',
  'Carl Zeiss',
  'Johns Hopkins',
  'Betty Crocker',
  'Uncle Ben',
]);

/** Of these, verbs and the like: at the head of a sentence they are what they say. */
export const wordsFirst = setOf(
  'Bill Chase Curt Ever Frank Grant Happy Hope Long Loyal Mark Matt May Mercy Pat Pierce Precious Rich Rob Said Skip Storm Sue Till Trace True Unique Wade Wage Will Win Can',
);
