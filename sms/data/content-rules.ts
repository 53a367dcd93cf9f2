import { near, type RulePack } from '../rule-pack.ts'

/** What no message may hold: five of the six groups of the provider's policy. The sixth, misleading links, is links.ts. */
export const CONTENT_PACKS: readonly RulePack[] = [
  {
    category: 'illegal_activity',
    group: 'content',
    version: 1,
    rules: [
      [
        'fakes',
        '(?:(?:fake|forged|novelty|counterfeit) (?:ids?|passports?|diplomas?|licen[cs]es?|documents?|money|bills|notes|degrees?|vaccine cards?|doctors?|certificates?|plates|reviews?)|counterfeit\\w*|knock ?offs?|ids? that scan)',
        2,
        'workshop|lecture|detect\\w*|awareness',
      ],
      [
        'replicas',
        near(
          'replicas?',
          '(?:watch\\w*|bags?|rolex|handbags?|designer|sneakers|shoes|grade|luxury|gucci|jordans?)',
          30,
        ),
        2,
      ],
      [
        'cards',
        '(?:(?:stolen|cloned?|hacked|cracked) (?:credit )?(?:cards?|goods|phones?|accounts?|cvvs?|netflix|logins?)|carding|cvv|fullz|dumps with pin|skimmers?|prepaid cards loaded)',
        2,
        'report',
      ],
      [
        'hack',
        '(?:hack(?:ed|ing|s|er)? (?:\\w+ )?(?:accounts?|services?|for hire|phones?|instagram|facebook|whatsapp|snapchat|grades|any)|hitman|spy on (?:your|any)|read (?:his|her|their) (?:texts|messages)|unlock (?:stolen|icloud|any))',
        2,
      ],
      [
        'for-sale',
        near(
          '(?:buy|sell\\w*|for sale|get|order|\\d+ for)',
          '(?:followers|likes|(?:5 star|five star|fake|positive|google|yelp) reviews|diplomas?|transcripts?|degrees? (?:no|without)|ssns?|verified accounts)',
          40,
        ),
        2,
        'graduat\\w+ gift|frames?',
      ],
      [
        'pirated',
        '(?:pirated?(?: (?:movies|software|streams?|games|copies|tv))|iptv|jailbroken|fire ?sticks?|cracked (?:software|apps|games)|torrents?|bootleg\\w*|every (?:pay )?channel|all (?:pay |premium )?channels)',
        2,
        'pirate day|bootleg jeans',
      ],
      [
        'gambling',
        '(?:illegal(?:ly)? \\w{0,12} ?(?:betting|gambling|poker|casino|streams?|downloads?)|illegal betting|betting line|bookies?|offshore (?:betting|casino|sportsbook)|underground (?:poker|casino|betting|fights?)|unlicensed|sports ?book|(?:poker|dice|card) (?:game|night) .{0,30}(?:buy in|cash|house takes)|numbers game|no limits? text odds)',
        2,
        'charity',
      ],
      [
        'crime',
        '(?:money laundering|launder(?:ing)? (?:money|cash)|smuggl\\w+|trafficking|untraceable|ghost guns?|catalytic converters?|no questions asked|fell off (?:a|the) truck|hot goods|stolen goods|odometer|bribe\\w*|no (?:papers|paperwork) needed|off the books|under the table|tax (?:evasion|dodge)|insider (?:tips?|trading|info\\w*))',
        2,
        'return\\w*|refund\\w*|awareness|hotline|prevention',
      ],
      [
        'papers',
        '(?:(?:green cards?|visas?|work permits?|citizenship) (?:guaranteed|for sale|no|without|in \\d)|(?:take|write|do|pass) your (?:exam|essay|thesis|test|homework|online class)\\b(?=.{0,60}(?:for you|pay|\\d|guarantee))|(?:exam|test) answers|leaked exam|answer keys? for sale|fake urine|synthetic urine|clean urine|pass (?:the|any|your) (?:drug test|pen|inspection|emissions))',
        2,
      ],
      [
        'copies',
        '(?:bills|notes|money) that (?:pass|pen)|passes? the pen|prop money|diplomas and transcripts|no classes',
        2,
      ],
    ],
  },
  {
    category: 'violence_hate_abuse',
    group: 'content',
    version: 1,
    rules: [
      [
        'threat',
        '(?:i|we|they) ?(?:will|ll|am going to|m going to|are going to|gonna|going to)? (?:hunt|kill|hurt|burn|beat|shoot|stab|destroy|break|smash|murder|strangle|choke|bury|gut) (?:you|him|her|them|your|their|all|every|those)',
        2,
        'ants|pests?|bugs?|termites?|weeds?|competitors?|prices?|deals?|roaches|mosquito\\w*|wasps?|germs',
      ],
      [
        'burn',
        'burn (?:it|them|you|this|that|their|your|the) (?:\\w+ ){0,3}?(?:down|alive|out)|set (?:it|them|fire to) (?:on fire|\\w+ (?:house|shop|church|mosque|home))|blow (?:up|it up)|bomb (?:the|your|their|a)',
        2,
        'calories|candles?|balloons?|inflatable|bath bomb',
      ],
      [
        'against',
        '(?:kill|shoot|beat|hang|lynch|stab|hurt|attack|gas|exterminate|eliminate|purge|crush|whip) (?:them|yourself|those|these|every one|everyone|all of|their|the (?:enemy|invaders|traitors|immigrants))',
        2,
        'ants|pests?|bugs?|termites?|weeds?|eggs|batter|mosquito\\w*|germs|stains?',
      ],
      [
        'insult',
        '(?:you are|ur|youre|you all are) (?:all |such |a |an |just |nothing but |so )*(?:pathetic|worthless|disgusting|stupid|ugly|idiots?|morons?|losers?|trash|garbage|scum|filth|vermin|animals|subhuman|parasites?|retard\\w*|fat pigs?|waste of (?:space|air|oxygen))|kill yourself|kys|better off (?:without you|dead)|nobody (?:likes|wants|loves|would miss) you|no one (?:likes|wants|loves|will miss) you',
        2,
      ],
      [
        'hate',
        '(?:their kind|your kind|those people|you people|these people|that lot|those (?:animals|savages|parasites|invaders|immigrants|foreigners)).{0,60}(?:not|dont|never|belong|out|lesson|vermin|ruin\\w*|pay|leave|trash|dirty|kill|replace|stop)|vermin|subhuman|(?:does|do) not belong here|dont belong here|drive them (?:all )?out|go back (?:to (?:where|your)|where)|kick them out|(?:white|aryan) power|master race|race (?:war|traitors?)|ethnic cleansing|(?:will )?not replace us|keep (?:our|this) (?:street|town|country|city|neighborhood) (?:white|pure|clean of)|hate (?:them|you|those|all|jews|muslims|gays|blacks|whites|immigrants|foreigners)',
        2,
        'pest|termite|rodents?|raccoons?',
      ],
      [
        'menace',
        '(?:you (?:will|ll|are going to) (?:pay for this|regret|suffer|die|be sorry|bleed)|watch your back|know where (?:you|your \\w+) (?:live|sleep|work|goes?)|they deserve it|(?:deserve|ought|need) to (?:die|burn|suffer|bleed|be (?:shot|hanged|beaten))|should (?:die|be (?:shot|hanged|killed|beaten|burned|put down))|teach (?:them|those|you|him|her|that|these) (?:\\w+ ){0,3}?lesson|bring (?:your )?(?:bats?|weapons|guns|knives|clubs|pipes)|blood (?:will|on the streets)|shoot first|take up arms|last day alive|sleep with one eye|come (?:after|for) you|snitches)',
        2,
        'baseball|softball|cricket|gloves?|piano|swim|golf|tennis',
      ],
    ],
  },
  {
    category: 'adult',
    group: 'content',
    version: 1,
    rules: [
      [
        'porn',
        '(?:porn\\w*|xxx (?:videos?|movies?|pics?|clips?|site|rated|pass|content|shows?|free|dvds?|chat|cams?)|(?:free|hot|live|best) xxx|nsfw|hentai|milfs?|bdsm|fetish\\w*|erotic\\w*|hardcore (?:videos?|action)|sex(?:y)? (?:chat|cams?|toys?|part(?:y|ies)|dating|shop|store|videos?|pics|line|tapes?|clips?|photos?|show|girls|singles)|sexting|sexcam\\w*|phone sex|vibrators?|dildos?|orgasm\\w*|horny|threesomes?)',
        2,
        'hardcore workout',
      ],
      [
        'naked',
        '(?:nudes?|naked|nudity|topless|bottomless dancers?|undress\\w*|strip ?(?:club|clubs|tease|show|poker)|strippers?|lap ?dances?|exotic dancers?|gentlem[ae]n ?s? clubs?|pole dancers?)',
        2,
        'lipsticks?|shades?|heels|palettes?|colou?rs?|polish|tones?|pumps|naked juice|naked eye|eyeshadow|art|figure drawing|half naked',
      ],
      [
        'escort',
        '(?:escorts?|call girls?|hook ?ups? (?:tonight|near|now|with|site|app|in your|local)|cam ?girls?|web ?cam (?:girls|models|show)|live (?:nude )?cams?|onlyfans|sugar (?:daddy|daddies|baby|babies)|swingers?|sensual massage|happy ending|body rub|full service massage|discreet (?:fun|encounters?|affair)|no strings)',
        2,
        'security escort|police escort|safe walk|water hook|electric hook|rv',
      ],
      [
        'page',
        near(
          '(?:uncensored|explicit|spicy|naughty|steamy|dirty|private|intimate|unfiltered|x rated|adults? only)',
          '(?:pics?|photos?|videos?|content|page|show|chat|talk|clips?|fans?|post|subscribe|snap)',
          30,
        ),
        2,
        'photo booth|sauce|recipe|wings|family|event',
      ],
      [
        'toys',
        'adult (?:toys?|stores?|videos?|entertainment|dating|content|films?|chat|novelt\\w+|services?|superstore|boutique|fun)',
        2,
        'swim|education|coloring',
      ],
      [
        'singles',
        near(
          '(?:hot|local|lonely|sexy|naughty|beautiful) (?:\\w+ )?(?:girls?|singles|babes?|women|ladies|men|wives|moms|guys)',
          '(?:near|tonight|waiting|meet|chat|area|you|call|now|want)',
          50,
        ),
        2,
      ],
      ['eighteen', '18 ?(?:plus|\\+)', 1, 'tickets?|event|enter|id required|contest'],
      [
        'lines',
        '(?:what i cant post|unlock my|my (?:fan|private) (?:page|snap)|after dark (?:chat|show)|girls girls girls|one night stand|bedroom (?:toys|fun))',
        2,
      ],
    ],
  },
  {
    category: 'controlled_substances',
    group: 'content',
    version: 1,
    rules: [
      [
        'cannabis',
        '(?:marijuana|cannabis|ganja|kush|dispensar\\w+|pre ?rolls?|thc\\w?|delta ?(?:8|9|10)|hhc|indicas?|sativas?|budtender|rosin|live resin|dabs?|bongs?|hash oil|hemp flower|420 (?:menu|sale|deals?|specials?|friendly|delivery)|(?:med|medical|mmj) cards?(?= in| online| renew| \\d)|top shelf (?:bud|flower|weed|strains?)|kush|reefer|spliffs?|blunts?|zaza)',
        2,
        'dab of|hemp rope',
      ],
      [
        'weed',
        near(
          'weeds?',
          '(?:\\d+|deals?|deliver\\w*|strains?|sale|off|order|menu|shop|fresh|grams?|cheap|stock|best|legal|buy|free|exotic|quality|medical)',
          50,
        ),
        2,
        'control|killer|lawns?|gardens?|whack\\w*|pull\\w*|sprays?|barrier|eater|trimmer|yard|mulch|flower ?beds?|invasive',
      ],
      [
        'edibles',
        '(?:edibles?|infused (?:gummies|chocolates?|brownies|treats)|special brownies|space cakes?)',
        2,
        'flowers|landscap\\w+|arrangements?|edible (?:garden|glitter|cookie dough|plants)',
      ],
      [
        'carts',
        near(
          '(?:carts?|cartridges?|flower|buds?|strains?|ounces?|eighths?|zips?)',
          '(?:delta|thc|vape|gas|loud|exotic|fire|half gram|menu|delivered tonight|top shelf|plug)',
          30,
        ),
        2,
        'golf|shopping|vases?|printer|ink|tulips?|bouquets?',
      ],
      [
        'psychedelic',
        '(?:shrooms?|psilocybin|lsd|acid (?:tabs?|blotter)|dmt|ayahuasca|mescaline|salvia|(?:magic|psychedelic) (?:mushrooms?|truffles?|chocolate)|mushrooms? .{0,20}(?:magic|trip)|microdos\\w+|mushroom (?:bars?|gummies))',
        2,
        'portobello|shiitake',
      ],
      [
        'hard',
        '(?:cocaine|heroin|fentanyl|meth|crystal meth|methamphetamine|ketamine|mdma|molly|ecstasy (?:pills?|tabs?|for|\\d+)|opium|crack rocks?|oxys|percs|xans|bars of xan\\w*|lean|promethazine|codeine|ghb|pcp|yayo|snow delivered|party (?:pills|favors delivered)|uppers|downers|8 ?balls?)',
        2,
        'awareness|recovery|test strips?|naloxone|narcan|overdose|lean (?:meat|beef|cuts|protein|pork|turkey)|magic 8|molly s',
      ],
      [
        'legal-highs',
        '(?:kratom|kava|phenibut|spice packs|k2|bath salts high|whip ?pets|whippets|nitrous|galaxy gas|poppers|legal highs?|tianeptine|7 ?oh)',
        2,
        'jalapeno poppers|party poppers|oxide tank',
      ],
      [
        'menu',
        near(
          '420',
          '(?:menu|order|live|sale|deal|deliver\\w*|open|special|friendly|happy|flower|celebrat\\w+)',
          30,
        ),
        2,
      ],
      [
        'dealer',
        near(
          '(?:plug|dealer|hit me up|re ?up|fresh batch|ask for the menu|the menu is live|menu link)',
          '(?:grams?|ounces?|pills?|bags?|tabs?|gas|menu|deliver\\w*|loud|pack)',
          40,
        ),
        1,
        'restaurant|lunch|dinner|car dealer|auto',
      ],
    ],
  },
  {
    category: 'fraud_deception',
    group: 'content',
    version: 1,
    rules: [
      [
        'prize',
        '(?:you (?:have |ve |just |are )?(?:won|win)\\b|(?:you|number|name) (?:have |has |was |were |ve )?(?:been )?(?:selected|chosen|drawn) .{0,40}(?:win\\w*|prize|reward|gift|iphone|free|claim)|(?:you are|youre|lucky) (?:a |the |our )?winner|congrat\\w+ .{0,60}(?:won|selected|winner|prize|claim)|claim (?:your|it|the|this) .{0,20}(?:prize|reward|iphone|winnings|gift card|jackpot|bonus|cash)|won .{0,30}(?:claim|prize|gift|iphone|cash|\\d{3,})|free (?:iphones?|ipads?|macbooks?|ps5|samsung|cruise|vacation)|lottery|jackpot|inheritance|beneficiary|unclaimed (?:funds|money|property|prize))',
        2,
        'game|tigers|league|tournament|raffle at|season|match|team',
      ],
      [
        'fee',
        '(?:(?:shipping|processing|release|customs|handling|activation|redelivery|clearance|small|admin) fees? .{0,40}(?:claim|release|receive|prize|package|parcel|deliver\\w*|win\\w*|pay)|(?:claim|release|prize|parcel|package|won) .{0,60}(?:shipping|processing|release|customs|handling|redelivery|small) fees?)',
        2,
      ],
      [
        'cards',
        near(
          'gift cards?',
          '(?:send me|codes?|scratch|photos? of|buy|urgent\\w*|client|quiet|i need|pick up \\d|today for me|congrat\\w+|won|claim)',
          60,
        ),
        2,
        'holiday sale|bonus card|buy one|spend|purchase of',
      ],
      [
        'account',
        near(
          '(?:accounts?|card|profile|wallet|bank|access|paypal|netflix|apple id|amazon|icloud|subscription|mailbox)',
          '(?:suspended|locked|limited|restricted|on hold|compromised|hacked|deactivated|frozen|disabled|flagged|will be (?:closed|suspended|deleted))',
          40,
        ),
        2,
        'library|museum|locked out',
      ],
      [
        'activity',
        '(?:unusual|suspicious|unauthori[sz]ed|unrecogni[sz]ed) (?:activity|log ?ins?|sign ?ins?|charges?|transactions?|purchases?|devices?)',
        1,
      ],
      [
        'verify',
        '(?:verify|confirm|update|validate|re ?enter|provide) (?:your|the) (?:identity|bank\\w*|card (?:number|details)|ssn|social|payment (?:info\\w*|details|method)|billing|information|details|log ?in|password|pin|account (?:now|number|details|to|immediately|or)|account$)',
        2,
        'appointment|in (?:the|our) app|at the front desk',
      ],
      [
        'secrets',
        '(?:ssns?|social security (?:number|card|no)|(?:reply|text|send|give|share|tell|forward|read)\\b.{0,25}\\b(?:the |your |that |a |me )?(?:\\d digits?(?: code)?|verification code|otp|passcode|pin number|password|login code|security code|routing number|card number)|code .{0,20}by mistake|by mistake .{0,40}code|seed phrase|recovery phrase|private key)',
        2,
        'never (?:share|ask|give|tell)|do not share|dont share',
      ],
      [
        'family',
        '(?:(?:hi|hey|hello) (?:mom|mum|mommy|dad|daddy|grandma|grandpa|nana)\\b.{0,100}\\b(?:phone|number|money|pay|help|urgent)|(?:lost|broke|dropped|cracked) my phone\\b.{0,80}\\b(?:number|money|text|pay|save)|(?:this is )?my new number\\b.{0,60}\\b(?:money|send|pay|help|transfer)|(?:in jail|arrested|accident|hospital|stranded)\\b.{0,60}\\b(?:bail|money|send|wire|cards?))',
        2,
      ],
      [
        'money',
        '(?:(?:send|wire|transfer) (?:me )?(?:the )?(?:money|cash|funds|\\d+ (?:dollars|usd|bitcoin|btc)) ?(?:today|now|asap|urgently|first|by|via|through)?|wire transfer|western union|moneygram|cash ?app (?:flip|me)|money flip|zelle me|venmo me)',
        2,
        'send money home|fundraiser',
      ],
      [
        'boss',
        '(?:this is your (?:ceo|boss|manager|director|pastor|principal|supervisor)|(?:ceo|boss|director) here|keep (?:it|this) (?:quiet|between us|confidential|secret)|in a meeting .{0,80}(?:cards?|need you|favor)|need (?:a|you to do a) (?:quick )?(?:favor|task) .{0,40}(?:discreet|urgent|cards?))',
        2,
      ],
      [
        'crypto',
        near(
          '(?:crypto\\w*|bitcoins?|btc|ethereum|eth|forex|usdt|tokens?|coin|dogecoin)',
          '(?:giveaway|doubl\\w*|invest\\w*|profits?|returns?|guarantee\\w*|trading|signals?|airdrop|send|deposit|get \\d|free|multiply|group|withdraw)',
          50,
        ),
        2,
        'arcade|laundry|workshop|museum|book|collectors?',
      ],
      [
        'returns',
        '(?:doubl(?:e|ing) your (?:money|cash|investment|deposit|savings)|guaranteed (?:returns?|profits?|income|winnings)|risk free (?:returns?|profit|investment)|\\d+ (?:percent )?(?:daily|weekly|monthly) (?:returns?|profits?)|send \\d+ (?:get|receive) \\d+|investment (?:opportunit\\w+|group|tips|platform)|(?:trading|stock) (?:group|signals?|bot)|ponzi)',
        2,
      ],
      [
        'toll',
        near(
          '(?:tolls?|traffic ticket|citation|parking fine|speeding fine)',
          '(?:unpaid|outstanding|overdue|owe|settle|avoid|penalt\\w+|late fee|lose your licen[cs]e|suspen\\w+|final)',
          50,
        ),
        2,
        'toll free|discount',
      ],
      [
        'authority',
        near(
          '(?:irs|social security|medicare|fbi|customs|police|court|dmv|uscis|tax office|jury duty)',
          '(?:arrest|warrant|refund|final|suspended|immediate\\w*|penalt\\w+|lawsuit|fine|benefits? (?:suspended|card|expire)|unpaid|call now|verify|owe)',
          70,
        ),
        2,
        'food court|tennis|basketball|volleyball|fundraiser|refund policy',
      ],
      [
        'refund',
        near(
          '(?:refunds?|rebate|stimulus|reimbursement|grant|benefits?)',
          '(?:click|claim|confirm your|verify|waiting for you|pending your|to get your|approved for you|eligible for)',
          50,
        ),
        2,
        'class|tuition|insurance|enrollment|original card',
      ],
      [
        'parcel',
        near(
          '(?:packages?|parcels?|deliver(?:y|ies)|shipments?)',
          '(?:could not be|couldnt be|undeliverable|held (?:at|in|by)|on hold|failed|incorrect address|missing (?:an )?address|confirm (?:your )?address|update (?:your )?address|unpaid|customs|redelivery|fee)',
          50,
        ),
        2,
        'free delivery|delivery fee waived|no delivery fee|hold at',
      ],
      [
        'scare',
        '(?:virus(?:es)? (?:detected|found)|(?:computer|phone|device|iphone) (?:is|has been|was) (?:infected|hacked|compromised)|act now or|(?:within|in) \\d+ hours? or|last warning|or (?:lose|face|be (?:arrested|charged|suspended|closed))|(?:car|vehicle|auto) ?s? (?:extended )?warranty|extended warranty|warranty (?:is about to|has) expire\\w*|tech support|remote access|rental deposit|overpaid|cash (?:the|this) check|deposit (?:the|this) check)',
        2,
        'or lose your spot|flu',
      ],
    ],
  },
]
