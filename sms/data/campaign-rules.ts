import { near, type RulePack } from '../rule-pack.ts'

/** What no program may be about: the nine groups of the provider's policy. Checked when a program is made and in messages. */

const SUM = '\\d[\\d ]*k?'
const OFFER = `(?:approv\\w+|apply|borrow|rates?|apr|instant|same day|quote|low|cash|funds?|funded|bad credit|lender|offer|qualify|interest|${SUM}|today|now)`

const DRINK_OFFER =
  '(?:\\d+|off|sales?|clubs?|deliver\\w*|tastings?|fest\\w*|lovers?|deals?|prices?|tonight|buckets?|pitchers?|free|shop|bar|pub|pairings?|bottles?|cases?|discount\\w*|specials?|members|order|stock|friday|saturday|weekend|craft|cold|cellar|new)'

export const CAMPAIGN_PACKS: readonly RulePack[] = [
  {
    category: 'loan_mortgage',
    group: 'campaign',
    version: 1,
    rules: [
      ['kind', '(?:payday|personal|title|instant|cash|quick|fast|same day|home|auto|car|business|signature|installment|equity|bridge|hard money|unsecured|emergency|va|fha|short term) (?:loans?|lend(?:ing|ers?)|advances?)', 2],
      ['loan', near('loans?', OFFER, 60), 2, 'library|museum|on loan|exhibit\\w*|masterpieces?|equipment|returned|forgiveness|books?'],
      ['mortgage', near('mortgages?', '(?:rates?|apr|lower|approv\\w+|program|down|lock|apply|lender|quote|qualify|offer|equity|refi\\w*|save|payment)', 70), 2, 'form|1098|accountant|tax|documents?|museum'],
      ['refinance', '(?:refinanc\\w*|refi)', 2],
      ['equity', '(?:heloc|(?:home )?equity (?:line|loan)|cash out|reverse mortgage|line of credit|credit lines?|home lending|mortgage program)', 2],
      ['borrow', near('borrow\\w*', `(?:against|up to|${SUM}|money|cash|apr|instant|today|house|home)`, 40), 2, 'book|library|tools?|bikes?|kit|toys?'],
      ['approved', near('pre ?(?:approved|qualified)', `(?:loan|credit|${SUM}|funding|offer|limit|rate|financing)`, 50), 2],
      ['advance', '(?:cash advance|payday|paycheck advance|advance on your (?:pay\\w*|wages)|early pay advance|merchant cash|working capital|business funding)', 2],
      ['funds', near('(?:funds?|funded|funding|cash|money|deposit\\w*)', '(?:no credit check|bad credit|same day|in minutes|within (?:24 )?hours?|in your account|by tomorrow|direct deposit)', 40), 2],
      ['buyer', '(?:first time home ?buyers?|down payment assistance|zero down|no money down|lock (?:in )?your rate|no credit check|bad credit (?:ok|okay|welcome|no problem))', 1],
    ],
  },
  {
    category: 'credit_repair',
    group: 'campaign',
    version: 1,
    rules: [
      ['repair', '(?:credit|fico|score) (?:repair|fix\\w*|restor\\w*|sweep|boost\\w*|profile number|privacy number|clean ?up|rebuild\\w*|washing|doctor|polish)', 2],
      ['mend', near('(?:fix|repair|raise|boost|improve|rebuild|restore|erase|clean|remove|delete|wipe|increase|clear|dispute|skyrocket|lift|grow|bump)\\w*', '(?:(?:bad |your |poor |my )?credit\\b(?! card| union| hours?)|fico|charge ?offs?|negative (?:items?|marks?)|late payments?|hard inquiries|inquiries|derogator\\w+|collections? (?:from|off|accounts?)|repossessions?|bankruptc\\w+|credit report)', 35), 2, 'unions?|college|store credit|donor|debt'],
      ['score', near('credit scores?', '(?:points?|raise|boost|fast|consult|weeks?|days?|guarantee\\w*|up|low|bad|jump|higher|better|\\d+)', 60), 2],
      ['lines', '(?:trade ?lines?|authorized user spots?|cpn|new credit (?:profile|file|identity)|700 club|800 club)', 2],
      ['points', near('\\d+ (?:plus )?points?', '(?:credit|fico|your score|report|bureau\\w*)', 50), 2, 'game|rewards?|loyalty'],
      ['report', near('(?:delet\\w+|remov\\w+|eras\\w+|wip\\w+|disput\\w+)', '(?:from|on|off) your (?:credit )?report', 60), 2],
      ['bureaus', '(?:(?:all )?(?:three|3) bureaus|equifax|experian|transunion)', 1],
    ],
  },
  {
    category: 'debt_collection',
    group: 'campaign',
    version: 1,
    rules: [
      ['agency', '(?:debt collect\\w*|collections? (?:agency|department|dept|account|notice|office|firm|desk)|(?:sent|referred|turned over|going|goes|transferred|placed) (?:to|with|in) collections?|in collections|collect (?:the|a|this|your|on) (?:debt|balance)|creditors?|recovery (?:desk|department|team|agent|office))', 2],
      ['court', '(?:garnish\\w*|repossess\\w*|skip tracing|wage (?:levy|assignment)|process server|judg(?:e)?ment against you)', 2],
      ['overdue', '(?:delinquen\\w+|past due|overdue (?:balance|account|amount|bill|payment|loan|debt|invoice)|(?:account|balance|bill|loan|payment|invoice)s? (?:\\w+ ){0,3}(?:is|are|remains) (?:now |still |seriously )?(?:past due|overdue|delinquent|unpaid)|unpaid (?:debt|balance|loan|bill|account|invoice|medical)\\w*|outstanding (?:balance|debt|loan))', 2, 'library|book'],
      ['owed', near('(?:you (?:still )?owe|amount owed|balance owed|owed to|the debt|your debt|unpaid|overdue|arrears)', '(?:pay|settle|respond|call|attorney|lawyer|legal|court|action|report|agency|final|remit)', 60), 2, 'consolidat\\w*|relief|toll'],
      ['notice', near('(?:final|last|second) (?:notice|demand|warning|attempt)', '(?:pay\\w*|debt|balance|account|owed?|legal|amount|collect\\w*|creditor)', 60), 2],
      ['law', near('(?:legal action|lawsuit|sued?|our (?:lawyer|attorney)s?|law firm|small claims)', '(?:pay\\w*|debt|balance|account|owed?|settle|overdue)', 70), 2],
      ['settle', near('settle', '(?:before it hits|credit report|collections|account \\d+|balance in full)', 60), 2],
    ],
  },
  {
    category: 'debt_relief',
    group: 'campaign',
    version: 1,
    rules: [
      ['relief', 'debts? ?(?:relief|settle\\w*|consolidat\\w*|forgive\\w*|free|reduction|eliminat\\w*|help|programs?|negotiat\\w*|management|cancel\\w*|freedom|solutions?|review)', 2],
      ['lower', near('(?:consolidat\\w*|settl\\w+|eliminat\\w+|eras\\w+|wip\\w+|reduc\\w+|cut|lower\\w*|slash|crush|negotiat\\w*|get out of|drowning in|escape|forgiv\\w+|tired of|struggling with|buried in|free (?:from|of)|half)', '(?:debts?|(?:credit |your |all )cards?|bills|balances|back taxes|owed|student loans?)', 45), 2, 'gift cards?|greeting|report cards?|playing|energy bills?|electric bills?|utility bills?'],
      ['tax', '(?:tax (?:debt|relief|resolution|settlement|lien)\\w*|back taxes|irs (?:debt|relief|problems?|fresh start))', 2],
      ['forgiveness', '(?:loan forgiveness|forgiveness (?:program|deadline|plan)|hardship (?:plan|program)|fresh start program|relief program)', 2, 'disaster|storm'],
      ['one-payment', '(?:one low (?:monthly )?payment|high interest (?:cards?|debt|rates?|payments?)|pay(?:ing)? high interest|without bankruptcy|avoid bankruptcy|over \\d+ ?k? in (?:debt|credit))', 2],
      ['cards', 'credit card (?:debt|balances?|relief|bills)', 2],
      ['bills', near('too many bills|behind on (?:bills|payments)|owe (?:more than |over )?\\d', '(?:plan|program|help|lower\\w*|relief|call|qualify|half|reduce)', 60), 2],
    ],
  },
  {
    category: 'work_from_home',
    group: 'campaign',
    version: 1,
    rules: [
      ['home', near('work(?:ing)? (?:from|at) home', '(?:earn\\w*|makes?|making|pays?|paid|week\\w*|daily|income|cash|\\d{2,}|jobs?|hiring|apply|flexible)', 70), 2],
      ['earn-home', near('(?:earn\\w*|made?|making|pocket|income|\\d{2,} ?k?|profits?)', '(?:from|at) (?:home|your (?:phone|couch|sofa|laptop|kitchen|living room))', 60), 2, 'class|workout|work out|game'],
      ['job', near('(?:remote|online|part time|flexible|from home|home based|typing|data entry) (?:\\w+ )?(?:jobs?|roles?|work|positions?|gigs?|assistants?|typists?|clerks?|workers?|agents?|staff)', '(?:pays?|paid|daily|weekly|per (?:day|hour|week)|\\d{2,}|usdt|no experience|reply|text|resume|hiring|training)', 80), 2, 'interview|site safety'],
      ['dream', '(?:passive income|financial freedom|be your own boss|own boss|unlimited (?:earn\\w*|income)|residual income|envelope stuffing|stuffing envelopes|network marketing|downline|quit your (?:job|9 to 5|day job)|ground floor opportunity|six figures?|side hustle|make money (?:online|fast|from|at)|extra (?:cash|income|money) (?:from|at|every|each|weekly|working|this)|paid surveys?)', 2],
      ['tasks', '(?:(?:lik|rat|watch|shar|click)(?:e|es|ing) (?:videos|apps|hotels|products|ads|links|posts|pages)|no experience (?:needed|required|necessary)|usdt (?:per|a|daily)|training paid|my system|business opportunity|assembl\\w+ (?:products|crafts|toys) at home)', 2],
      ['rate', near('earn\\w*', '\\d+ ?k? (?:(?:a|an|per|every|each) (?:day|week|month|hour)|daily|weekly|monthly)', 20), 2],
    ],
  },
  {
    category: 'secret_shopper',
    group: 'campaign',
    version: 1,
    rules: [
      ['shopper', '(?:mystery|secret|undercover|covert|anonymous|paid) (?:shop(?:pers?|ping)?|din(?:er|ing|ers)|customers?|buyers?|evaluat\\w*|clients?)\\b', 2, 'personal shopper'],
      ['paid', 'paid to (?:shop|eat|dine|buy|visit stores?|evaluate)', 2],
      ['evaluate', near('(?:(?:store|retail|restaurant|service|shopping|merchandise|checkout|shop) (?:evaluat\\w*|audit\\w*|assess\\w*|inspect\\w*|surveyors?|reviewers?)|(?:evaluat\\w+|rate|review|audit|inspect|test) (?:local |big |major |retail )?(?:stores|shops|restaurants|retailers|outlets))', '(?:earn\\w*|pays?|paid|wanted|needed|appl\\w+|hir\\w+|jobs?|tasks?|visits?|\\d{2,}|weekly|assignments?)', 60), 2],
      ['assignment', near('(?:earn\\w*|pocket|make|receive|get|pays?|paid|keep)', '(?:per|a|an|each|every|your|next) (?:shopping )?(?:assignment|visit|store visit|shop|evaluation)\\b', 40), 2, 'appointment|doctor|points?'],
      ['panel', '(?:shopping (?:panel|assignments?|tasks?|jobs?|evaluat\\w*)|shoppers? (?:needed|wanted|program|position|assignment)|mail you (?:the|a) (?:check|cheque)|keep (?:the|what) (?:items|you buy))', 2, 'personal shopper|grocery'],
    ],
  },
  {
    category: 'political',
    group: 'campaign',
    version: 1,
    rules: [
      ['vote', '(?:vot(?:e|ing) (?:for|yes|no|against|on|blue|red|early|by mail|him|her|them|out)|vot(?:e|ing) \\w+ (?:\\w+ )?for|re ?elect\\w*|elect (?!ric|ronic)\\w+|get out (?:and|the) vot\\w+|early voting|voter\\w*|register to vote|your vote)', 2, 'favou?rites?|flavou?rs?|best|mascots?|logos?|songs?|colou?rs?|costumes?|reply [ab]|employees?|players?|mvp|fan'],
      ['office', '(?:for|running for|run for|our next|your) (?:u ?s )?(?:senat\\w+|congress\\w*|governor|mayor|president|city council|school board|sheriff|assembly|state house|attorney general|county (?:judge|commissioner)|district \\d+)', 2, 'mansion|tour|cup|club|museum'],
      ['officials', '(?:senators?|congress(?:man|woman|ional)?|lawmakers?|legislat\\w+|democrats?|democratic party|republicans?|gop|liberals|conservatives|super ?pac|pac|impeach\\w*|far (?:left|right)|white house)', 2, 'tour|museum|trip|field'],
      ['election', '(?:election (?:day|night|season|fraud)|(?:primary|general|special|runoff|midterm) elections?|ballots?|polls (?:are )?(?:open|close)|polling place|absentee|campaign (?:trail|volunteers?|donation|rally)|candidates?|canvass\\w*|phone ?bank\\w*)', 2, 'job|interview|position|applicant|mvp'],
      ['money', '(?:paid for by|chip in (?:\\d+|now|today|before|to help)|grassroots|(?:donate|contribut\\w+|pitch in|give) .{0,40}(?:campaign|fight back|win|elect|candidate|movement|victory|midnight deadline))', 2, 'gift for|coworkers?|teacher gift'],
      ['petition', near('(?:petitions?|recall|rally|rallies|protest|march|demand|tell)', '(?:recall|mayor|governor|council(?:man|woman|member)?|senators?|repeal|ban|congress|capitol|elect|rights|legislat\\w+|representatives?|bill \\d+|new tax|taxes)', 45), 2, 'parks dept|product recall|sale|car show|parade|relay'],
      ['measure', '(?:(?:measure|proposition|prop|amendment|question|initiative) (?:\\d+|[a-z])\\b|(?:yes|no) on (?:measure |prop\\w* )?\\d+)', 2, 'measure (?:a|your)\\b|size'],
    ],
  },
  {
    category: 'alcohol_tobacco_firearms',
    group: 'campaign',
    version: 1,
    rules: [
      ['spirits', '(?:vodkas?|tequilas?|whisk(?:e)?ys?|bourbons?|scotch|mezcal|cognac|brandy|margaritas?|mojitos?|martinis?|cocktails?|liquors?|booze|champagne|prosecco|sangrias?|mimosas?|hard (?:seltzers?|cider)|happy hour|open bar|ladies night|drink specials|jello shots|daiquiris?|absinthe)', 2, 'mocktails?|non ?alcoholic|alcohol free|shrimp cocktail|sauce|butterscotch'],
      ['rum', near('(?:rum|gin|shots|pints?|brews?|kegs?|ales?|lagers?|ipas?|stouts?|draft|draught|taps?)', '(?:\\d|half price|off|specials?|night|tonight|bar|pub|tasting|free|deal|happy|craft|pitchers?|brewer\\w+)', 40), 1, 'flu|vaccin\\w+|booster|ice cream|milk|coffee|espresso|photo|ginger ale|cake|blood|tap water|water|screen ?shots|golf|basketball'],
      ['beer', near('(?:beers?|wines?)', DRINK_OFFER, 60) + '|brewer(?:y|ies)|brewpub|winery|wineries|vineyards?', 2, 'root beers?|ginger beers?|butterbeer|wine glass\\w*|wine ?racks?|wine vinegar|beer batter\\w*|non ?alcoholic|alcohol free|wine country'],
      ['tobacco', '(?:cigars?|cigarettes?|cigs|vapes?|vaping|vape shop|e ?cig\\w*|e ?liquids?|juul|tobacco|nicotine|hookahs?|shisha|zyn|snus|smoke shop|elf ?bars?|disposables)', 2, 'quit\\w*|free campus|cessation|patch\\w*|no (?:smoking|vaping)|cigar box guitar|tax'],
      ['guns', '(?:ammo|ammunition|firearms?|guns?|rifles?|pistols?|handguns?|shotguns?|revolvers?|ar ?15s?|ak ?47s?|glocks?|9 ?mm|silencers?|suppressors?|concealed carry|ccw|bump stocks?|holsters?|\\d+ (?:rounds|rds)|hollow points?|gun show|shooting range|semi ?auto\\w*)', 2, '(?:nail|glue|heat|water|spray|massage|caulk|staple|squirt|nerf|bubble|top|tattoo|price|label|paint|grease|radar|speed|t shirt) guns?|gun violence|rounds of (?:golf|applause)|vigil|awareness|buy ?back|drill'],
    ],
  },
  {
    category: 'pharma_vitamin_drug',
    group: 'campaign',
    version: 1,
    rules: [
      ['drugs', '(?:viagra|cialis|levitra|sildenafil|tadalafil|ozempic|wegovy|semaglutide|mounjaro|tirzepatide|zepbound|glp ?1|xanax|adderall|oxycontin|percocet|vicodin|ambien|tramadol|phentermine|hydrocodone|modafinil|valium|testosterone|hgh|steroids?|sarms|ivermectin|botox)', 2, 'pickup|pick up|refill is ready|is ready'],
      ['vitamins', '(?:(?:multi ?)?vitamins?|supplements?|probiotics?|collagen|nootropics?|cbd|keto (?:gummies|pills?|drops|bhb)|protein powder|pre ?workout|ashwagandha|turmeric|melatonin|omega ?3|creatine|herbal (?:remed\\w+|tea detox|pills?|supplement)|elderberry|sea moss|apple cider vinegar gummies|fat burners?|detox(?:es)? (?:tea|pills?|drops|kit)?)', 2, 'vitamin ?water|test results?|blood test|class|lab results?|deficien\\w+|sunshine|sunday supplement|newspaper'],
      ['slim', '(?:weight loss|lose (?:\\d+ )?(?:weight|pounds|lbs) (?:fast|quick\\w*|now|in|with|without|while|easily|naturally)|(?:melt\\w*|burn\\w*|shed\\w*|torch\\w*|blast\\w*) (?:\\w+ )?(?:fat|belly|pounds|inches)|fat (?:burn\\w*|melt\\w*|loss)|belly fat|slimming|diet pills?|appetite suppress\\w*|flat tummy)', 2, 'support group|meeting|calories class'],
      ['gummies', '(?:gumm(?:y|ies))', 1, 'bears?|worms?|candy|candies|sour|movie|school snack'],
      ['men', '(?:male enhancement|enlarge\\w*|erectile|ed (?:meds?|pills?|treatment)|last longer|libido|hair (?:loss|regrowth)|feel 25|manhood|stamina pills?)', 2],
      ['pharmacy', '(?:(?:no|without (?:a )?|skip the) (?:prescription|rx)|online pharmacy|canadian pharmacy|(?:cheap|discount|generic) (?:meds?|medications?|drugs?|pills?|rx)|pills? (?:online|shipped|delivered)|meds (?:shipped|online|delivered|to your door)|rx (?:online|delivered)|miracle (?:cure|pill|drops)|cures? (?:diabetes|cancer|arthritis|anything)|boosts? (?:your )?(?:immun\\w+|metabolism)|immune boost\\w*|anti ?aging (?:pills?|formula|serum)|pain (?:pills|killers?) )', 2],
    ],
  },
]
