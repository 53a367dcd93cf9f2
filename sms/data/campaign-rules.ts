import { near, type RulePack } from '../rule-pack.ts'
import { MONEY_PACKS } from './money-rules.ts'

const DRINK_OFFER =
  '(?:\\d+|off|sales?|clubs?|deliver\\w*|tastings?|fest\\w*|lovers?|deals?|prices?|tonight|buckets?|pitchers?|free|shop|bar|pub|pairings?|bottles?|cases?|discount\\w*|specials?|members|order|stock|friday|saturday|weekend|craft|cold|cellar|new)'

/** What no program may be about: the nine groups of the provider's policy. Checked when a program is made and in messages. */
export const CAMPAIGN_PACKS: readonly RulePack[] = [
  ...MONEY_PACKS,
  {
    category: 'work_from_home',
    group: 'campaign',
    version: 1,
    rules: [
      [
        'home',
        near(
          'work(?:ing)? (?:from|at) home',
          '(?:earn\\w*|makes?|making|pays?|paid|week\\w*|daily|income|cash|\\d{2,}|jobs?|hiring|apply|flexible)',
          70,
        ),
        2,
      ],
      [
        'earn-home',
        near(
          '(?:earn\\w*|made?|making|pocket|income|\\d{2,} ?k?|profits?)',
          '(?:from|at) (?:home|your (?:phone|couch|sofa|laptop|kitchen|living room))',
          60,
        ),
        2,
        'class|workout|work out|game',
      ],
      [
        'job',
        near(
          '(?:remote|online|part time|flexible|from home|home based|typing|data entry) (?:\\w+ )?(?:jobs?|roles?|work|positions?|gigs?|assistants?|typists?|clerks?|workers?|agents?|staff)',
          '(?:pays?|paid|daily|weekly|per (?:day|hour|week)|\\d{2,}|usdt|no experience|reply|text|resume|hiring|training)',
          80,
        ),
        2,
        'interview|site safety',
      ],
      [
        'dream',
        '(?:passive income|financial freedom|be your own boss|own boss|unlimited (?:earn\\w*|income)|residual income|envelope stuffing|stuffing envelopes|network marketing|downline|quit your (?:job|9 to 5|day job)|ground floor opportunity|six figures?|side hustle|make money (?:online|fast|from|at)|extra (?:cash|income|money) (?:from|at|every|each|weekly|working|this)|paid surveys?)',
        2,
      ],
      [
        'tasks',
        '(?:(?:lik|rat|watch|shar|click)(?:e|es|ing) (?:videos|apps|hotels|products|ads|links|posts|pages)|no experience (?:needed|required|necessary)|usdt (?:per|a|daily)|training paid|my system|business opportunity|assembl\\w+ (?:products|crafts|toys) at home)',
        2,
      ],
      [
        'rate',
        near(
          'earn\\w*',
          '\\d+ ?k? (?:(?:a|an|per|every|each) (?:day|week|month|hour)|daily|weekly|monthly)',
          20,
        ),
        2,
      ],
    ],
  },
  {
    category: 'secret_shopper',
    group: 'campaign',
    version: 1,
    rules: [
      [
        'shopper',
        '(?:mystery|secret|undercover|covert|anonymous|paid) (?:shop(?:pers?|ping)?|din(?:er|ing|ers)|customers?|buyers?|evaluat\\w*|clients?)\\b',
        2,
        'personal shopper',
      ],
      ['paid', 'paid to (?:shop|eat|dine|buy|visit stores?|evaluate)', 2],
      [
        'evaluate',
        near(
          '(?:(?:store|retail|restaurant|service|shopping|merchandise|checkout|shop) (?:evaluat\\w*|audit\\w*|assess\\w*|inspect\\w*|surveyors?|reviewers?)|(?:evaluat\\w+|rate|review|audit|inspect|test) (?:local |big |major |retail )?(?:stores|shops|restaurants|retailers|outlets))',
          '(?:earn\\w*|pays?|paid|wanted|needed|appl\\w+|hir\\w+|jobs?|tasks?|visits?|\\d{2,}|weekly|assignments?)',
          60,
        ),
        2,
      ],
      [
        'assignment',
        near(
          '(?:earn\\w*|pocket|make|receive|get|pays?|paid|keep)',
          '(?:per|a|an|each|every|your|next) (?:shopping )?(?:assignment|visit|store visit|shop|evaluation)\\b',
          40,
        ),
        2,
        'appointment|doctor|points?',
      ],
      [
        'panel',
        '(?:shopping (?:panel|assignments?|tasks?|jobs?|evaluat\\w*)|shoppers? (?:needed|wanted|program|position|assignment)|mail you (?:the|a) (?:check|cheque)|keep (?:the|what) (?:items|you buy))',
        2,
        'personal shopper|grocery',
      ],
    ],
  },
  {
    category: 'political',
    group: 'campaign',
    version: 1,
    rules: [
      [
        'vote',
        '(?:vot(?:e|ing) (?:for|yes|no|against|on|blue|red|early|by mail|him|her|them|out)|vot(?:e|ing) \\w+ (?:\\w+ )?for|re ?elect\\w*|elect (?!ric|ronic)\\w+|get out (?:and|the) vot\\w+|early voting|voter\\w*|register to vote|your vote)',
        2,
        'favou?rites?|flavou?rs?|best|mascots?|logos?|songs?|colou?rs?|costumes?|reply [ab]|employees?|players?|mvp|fan',
      ],
      [
        'office',
        '(?:for|running for|run for|our next|your) (?:u ?s )?(?:senat\\w+|congress\\w*|governor|mayor|president|city council|school board|sheriff|assembly|state house|attorney general|county (?:judge|commissioner)|district \\d+)',
        2,
        'mansion|tour|cup|club|museum',
      ],
      [
        'officials',
        '(?:senators?|congress(?:man|woman|ional)?|lawmakers?|legislat\\w+|democrats?|democratic party|republicans?|gop|liberals|conservatives|super ?pac|pac|impeach\\w*|far (?:left|right)|white house)',
        2,
        'tour|museum|trip|field',
      ],
      [
        'election',
        '(?:election (?:day|night|season|fraud)|(?:primary|general|special|runoff|midterm) elections?|ballots?|polls (?:are )?(?:open|close)|polling place|absentee|campaign (?:trail|volunteers?|donation|rally)|candidates?|canvass\\w*|phone ?bank\\w*)',
        2,
        'job|interview|position|applicant|mvp',
      ],
      [
        'money',
        '(?:paid for by|chip in (?:\\d+|now|today|before|to help)|grassroots|(?:donate|contribut\\w+|pitch in|give) .{0,40}(?:campaign|fight back|win|elect|candidate|movement|victory|midnight deadline))',
        2,
        'gift for|coworkers?|teacher gift',
      ],
      [
        'petition',
        near(
          '(?:petitions?|recall|rally|rallies|protest|march|demand|tell)',
          '(?:recall|mayor|governor|council(?:man|woman|member)?|senators?|repeal|ban|congress|capitol|elect|rights|legislat\\w+|representatives?|bill \\d+|new tax|taxes)',
          45,
        ),
        2,
        'parks dept|product recall|sale|car show|parade|relay',
      ],
      [
        'measure',
        '(?:(?:measure|proposition|prop|amendment|question|initiative) (?:\\d+|[a-z])\\b|(?:yes|no) on (?:measure |prop\\w* )?\\d+)',
        2,
        'measure (?:a|your)\\b|size',
      ],
    ],
  },
  {
    category: 'alcohol_tobacco_firearms',
    group: 'campaign',
    version: 1,
    rules: [
      [
        'spirits',
        '(?:vodkas?|tequilas?|whisk(?:e)?ys?|bourbons?|scotch|mezcal|cognac|brandy|margaritas?|mojitos?|martinis?|cocktails?|liquors?|booze|champagne|prosecco|sangrias?|mimosas?|hard (?:seltzers?|cider)|happy hour|open bar|ladies night|drink specials|jello shots|daiquiris?|absinthe)',
        2,
        'mocktails?|non ?alcoholic|alcohol free|shrimp cocktail|sauce|butterscotch',
      ],
      [
        'rum',
        near(
          '(?:rum|gin|shots|pints?|brews?|kegs?|ales?|lagers?|ipas?|stouts?|draft|draught|taps?)',
          '(?:\\d|half price|off|specials?|night|tonight|bar|pub|tasting|free|deal|happy|craft|pitchers?|brewer\\w+)',
          40,
        ),
        1,
        'flu|vaccin\\w+|booster|ice cream|milk|coffee|espresso|photo|ginger ale|cake|blood|tap water|water|screen ?shots|golf|basketball',
      ],
      [
        'beer',
        near('(?:beers?|wines?)', DRINK_OFFER, 60) + '|brewer(?:y|ies)|brewpub|winery|wineries|vineyards?',
        2,
        'root beers?|ginger beers?|butterbeer|wine glass\\w*|wine ?racks?|wine vinegar|beer batter\\w*|non ?alcoholic|alcohol free|wine country',
      ],
      [
        'tobacco',
        '(?:cigars?|cigarettes?|cigs|vapes?|vaping|vape shop|e ?cig\\w*|e ?liquids?|juul|tobacco|nicotine|hookahs?|shisha|zyn|snus|smoke shop|elf ?bars?|disposables)',
        2,
        'quit\\w*|free campus|cessation|patch\\w*|no (?:smoking|vaping)|cigar box guitar|tax',
      ],
      [
        'guns',
        '(?:ammo|ammunition|firearms?|guns?|rifles?|pistols?|handguns?|shotguns?|revolvers?|ar ?15s?|ak ?47s?|glocks?|9 ?mm|silencers?|suppressors?|concealed carry|ccw|bump stocks?|holsters?|\\d+ (?:rounds|rds)|hollow points?|gun show|shooting range|semi ?auto\\w*)',
        2,
        '(?:nail|glue|heat|water|spray|massage|caulk|staple|squirt|nerf|bubble|top|tattoo|price|label|paint|grease|radar|speed|t shirt) guns?|gun violence|rounds of (?:golf|applause)|vigil|awareness|buy ?back|drill',
      ],
    ],
  },
  {
    category: 'pharma_vitamin_drug',
    group: 'campaign',
    version: 1,
    rules: [
      [
        'drugs',
        '(?:viagra|cialis|levitra|sildenafil|tadalafil|ozempic|wegovy|semaglutide|mounjaro|tirzepatide|zepbound|glp ?1|xanax|adderall|oxycontin|percocet|vicodin|ambien|tramadol|phentermine|hydrocodone|modafinil|valium|testosterone|hgh|steroids?|sarms|ivermectin|botox)',
        2,
        'pickup|pick up|refill is ready|is ready',
      ],
      [
        'vitamins',
        '(?:(?:multi ?)?vitamins?|supplements?|probiotics?|collagen|nootropics?|cbd|keto (?:gummies|pills?|drops|bhb)|protein powder|pre ?workout|ashwagandha|turmeric|melatonin|omega ?3|creatine|herbal (?:remed\\w+|tea detox|pills?|supplement)|elderberry|sea moss|apple cider vinegar gummies|fat burners?|detox(?:es)? (?:tea|pills?|drops|kit)?)',
        2,
        'vitamin ?water|test results?|blood test|class|lab results?|deficien\\w+|sunshine|sunday supplement|newspaper',
      ],
      [
        'slim',
        '(?:weight loss|lose (?:\\d+ )?(?:weight|pounds|lbs) (?:fast|quick\\w*|now|in|with|without|while|easily|naturally)|(?:melt\\w*|burn\\w*|shed\\w*|torch\\w*|blast\\w*) (?:\\w+ )?(?:fat|belly|pounds|inches)|fat (?:burn\\w*|melt\\w*|loss)|belly fat|slimming|diet pills?|appetite suppress\\w*|flat tummy)',
        2,
        'support group|meeting|calories class',
      ],
      ['gummies', '(?:gumm(?:y|ies))', 1, 'bears?|worms?|candy|candies|sour|movie|school snack'],
      [
        'men',
        '(?:male enhancement|enlarge\\w*|erectile|ed (?:meds?|pills?|treatment)|last longer|libido|hair (?:loss|regrowth)|feel 25|manhood|stamina pills?)',
        2,
      ],
      [
        'pharmacy',
        '(?:(?:no|without (?:a )?|skip the) (?:prescription|rx)|online pharmacy|canadian pharmacy|(?:cheap|discount|generic) (?:meds?|medications?|drugs?|pills?|rx)|pills? (?:online|shipped|delivered)|meds (?:shipped|online|delivered|to your door)|rx (?:online|delivered)|miracle (?:cure|pill|drops)|cures? (?:diabetes|cancer|arthritis|anything)|boosts? (?:your )?(?:immun\\w+|metabolism)|immune boost\\w*|anti ?aging (?:pills?|formula|serum)|pain (?:pills|killers?) )',
        2,
      ],
    ],
  },
]
