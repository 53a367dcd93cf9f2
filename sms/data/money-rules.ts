import { near, type RulePack } from '../rule-pack.ts'

/** What no program may be about: the four groups of the provider's policy that are about money. */

const SUM = '\\d[\\d ]*k?'
const OFFER = `(?:approv\\w+|apply|borrow|rates?|apr|instant|same day|quote|low|cash|funds?|funded|bad credit|lender|offer|qualify|interest|${SUM}|today|now)`

export const MONEY_PACKS: readonly RulePack[] = [
  {
    category: 'loan_mortgage',
    group: 'campaign',
    version: 1,
    rules: [
      [
        'kind',
        '(?:payday|personal|title|instant|cash|quick|fast|same day|home|auto|car|business|signature|installment|equity|bridge|hard money|unsecured|emergency|va|fha|short term) (?:loans?|lend(?:ing|ers?)|advances?)',
        2,
      ],
      [
        'loan',
        near('loans?', OFFER, 60),
        2,
        'library|museum|on loan|exhibit\\w*|masterpieces?|equipment|returned|forgiveness|books?',
      ],
      [
        'mortgage',
        near(
          'mortgages?',
          '(?:rates?|apr|lower|approv\\w+|program|down|lock|apply|lender|quote|qualify|offer|equity|refi\\w*|save|payment)',
          70,
        ),
        2,
        'form|1098|accountant|tax|documents?|museum',
      ],
      ['refinance', '(?:refinanc\\w*|refi)', 2],
      [
        'equity',
        '(?:heloc|(?:home )?equity (?:line|loan)|cash out|reverse mortgage|line of credit|credit lines?|home lending|mortgage program)',
        2,
      ],
      [
        'borrow',
        near('borrow\\w*', `(?:against|up to|${SUM}|money|cash|apr|instant|today|house|home)`, 40),
        2,
        'book|library|tools?|bikes?|kit|toys?',
      ],
      [
        'approved',
        near('pre ?(?:approved|qualified)', `(?:loan|credit|${SUM}|funding|offer|limit|rate|financing)`, 50),
        2,
      ],
      [
        'advance',
        '(?:cash advance|payday|paycheck advance|advance on your (?:pay\\w*|wages)|early pay advance|merchant cash|working capital|business funding)',
        2,
      ],
      [
        'funds',
        near(
          '(?:funds?|funded|funding|cash|money|deposit\\w*)',
          '(?:no credit check|bad credit|same day|in minutes|within (?:24 )?hours?|in your account|by tomorrow|direct deposit)',
          40,
        ),
        2,
      ],
      [
        'buyer',
        '(?:first time home ?buyers?|down payment assistance|zero down|no money down|lock (?:in )?your rate|no credit check|bad credit (?:ok|okay|welcome|no problem))',
        1,
      ],
    ],
  },
  {
    category: 'credit_repair',
    group: 'campaign',
    version: 1,
    rules: [
      [
        'repair',
        '(?:credit|fico|score) (?:repair|fix\\w*|restor\\w*|sweep|boost\\w*|profile number|privacy number|clean ?up|rebuild\\w*|washing|doctor|polish)',
        2,
      ],
      [
        'mend',
        near(
          '(?:fix|repair|raise|boost|improve|rebuild|restore|erase|clean|remove|delete|wipe|increase|clear|dispute|skyrocket|lift|grow|bump)\\w*',
          '(?:(?:bad |your |poor |my )?credit\\b(?! card| union| hours?)|fico|charge ?offs?|negative (?:items?|marks?)|late payments?|hard inquiries|inquiries|derogator\\w+|collections? (?:from|off|accounts?)|repossessions?|bankruptc\\w+|credit report)',
          35,
        ),
        2,
        'unions?|college|store credit|donor|debt',
      ],
      [
        'score',
        near(
          'credit scores?',
          '(?:points?|raise|boost|fast|consult|weeks?|days?|guarantee\\w*|up|low|bad|jump|higher|better|\\d+)',
          60,
        ),
        2,
      ],
      [
        'lines',
        '(?:trade ?lines?|authorized user spots?|cpn|new credit (?:profile|file|identity)|700 club|800 club)',
        2,
      ],
      [
        'points',
        near('\\d+ (?:plus )?points?', '(?:credit|fico|your score|report|bureau\\w*)', 50),
        2,
        'game|rewards?|loyalty',
      ],
      [
        'report',
        near(
          '(?:delet\\w+|remov\\w+|eras\\w+|wip\\w+|disput\\w+)',
          '(?:from|on|off) your (?:credit )?report',
          60,
        ),
        2,
      ],
      ['bureaus', '(?:(?:all )?(?:three|3) bureaus|equifax|experian|transunion)', 1],
    ],
  },
  {
    category: 'debt_collection',
    group: 'campaign',
    version: 1,
    rules: [
      [
        'agency',
        '(?:debt collect\\w*|collections? (?:agency|department|dept|account|notice|office|firm|desk)|(?:sent|referred|turned over|going|goes|transferred|placed) (?:to|with|in) collections?|in collections|collect (?:the|a|this|your|on) (?:debt|balance)|creditors?|recovery (?:desk|department|team|agent|office))',
        2,
      ],
      [
        'court',
        '(?:garnish\\w*|repossess\\w*|skip tracing|wage (?:levy|assignment)|process server|judg(?:e)?ment against you)',
        2,
      ],
      [
        'overdue',
        '(?:delinquen\\w+|past due|overdue (?:balance|account|amount|bill|payment|loan|debt|invoice)|(?:account|balance|bill|loan|payment|invoice)s? (?:\\w+ ){0,3}(?:is|are|remains) (?:now |still |seriously )?(?:past due|overdue|delinquent|unpaid)|unpaid (?:debt|balance|loan|bill|account|invoice|medical)\\w*|outstanding (?:balance|debt|loan))',
        2,
        'library|book',
      ],
      [
        'owed',
        near(
          '(?:you (?:still )?owe|amount owed|balance owed|owed to|the debt|your debt|unpaid|overdue|arrears)',
          '(?:pay|settle|respond|call|attorney|lawyer|legal|court|action|report|agency|final|remit)',
          60,
        ),
        2,
        'consolidat\\w*|relief|toll',
      ],
      [
        'notice',
        near(
          '(?:final|last|second) (?:notice|demand|warning|attempt)',
          '(?:pay\\w*|debt|balance|account|owed?|legal|amount|collect\\w*|creditor)',
          60,
        ),
        2,
      ],
      [
        'law',
        near(
          '(?:legal action|lawsuit|sued?|our (?:lawyer|attorney)s?|law firm|small claims)',
          '(?:pay\\w*|debt|balance|account|owed?|settle|overdue)',
          70,
        ),
        2,
      ],
      [
        'settle',
        near('settle', '(?:before it hits|credit report|collections|account \\d+|balance in full)', 60),
        2,
      ],
    ],
  },
  {
    category: 'debt_relief',
    group: 'campaign',
    version: 1,
    rules: [
      [
        'relief',
        'debts? ?(?:relief|settle\\w*|consolidat\\w*|forgive\\w*|free|reduction|eliminat\\w*|help|programs?|negotiat\\w*|management|cancel\\w*|freedom|solutions?|review)',
        2,
      ],
      [
        'lower',
        near(
          '(?:consolidat\\w*|settl\\w+|eliminat\\w+|eras\\w+|wip\\w+|reduc\\w+|cut|lower\\w*|slash|crush|negotiat\\w*|get out of|drowning in|escape|forgiv\\w+|tired of|struggling with|buried in|free (?:from|of)|half)',
          '(?:debts?|(?:credit |your |all )cards?|bills|balances|back taxes|owed|student loans?)',
          45,
        ),
        2,
        'gift cards?|greeting|report cards?|playing|energy bills?|electric bills?|utility bills?',
      ],
      [
        'tax',
        '(?:tax (?:debt|relief|resolution|settlement|lien)\\w*|back taxes|irs (?:debt|relief|problems?|fresh start))',
        2,
      ],
      [
        'forgiveness',
        '(?:loan forgiveness|forgiveness (?:program|deadline|plan)|hardship (?:plan|program)|fresh start program|relief program)',
        2,
        'disaster|storm',
      ],
      [
        'one-payment',
        '(?:one low (?:monthly )?payment|high interest (?:cards?|debt|rates?|payments?)|pay(?:ing)? high interest|without bankruptcy|avoid bankruptcy|over \\d+ ?k? in (?:debt|credit))',
        2,
      ],
      ['cards', 'credit card (?:debt|balances?|relief|bills)', 2],
      [
        'bills',
        near(
          'too many bills|behind on (?:bills|payments)|owe (?:more than |over )?\\d',
          '(?:plan|program|help|lower\\w*|relief|call|qualify|half|reduce)',
          60,
        ),
        2,
      ],
    ],
  },
]
