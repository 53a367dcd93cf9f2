// The checks that decide who may do what, as scripts/faults-access.mjs takes them out one by one: where each is, and the
// text that stands in its place without it.
import { readFileSync } from 'node:fs'
import { parseAst } from 'vitest/node'

/** What a route asks of Access, or of what it was given to ask with. */
const QUESTIONS = ['site', 'installation', 'signedIn', 'person', 'sites', 'fresh', 'deliberate', 'conditions']
const GIVEN = ['authorize', 'deliberate', 'conditions']
/** Access itself; and a route whose site is found by its key, of which logs/authorize.ts asks for the scope. */
const NOT_ASKING = ['server/accounts/access.ts', 'server/logs/route.ts']
/** Handlers that stand before a route and let nobody through whom they refuse. */
const GUARDS = ['sameOriginOnly', 'guarded', 'onlyJson']
/** Statements that throw unless all is well, and answer nothing. */
const DEMANDS = /^(fresh|rates\.count|tries\.admit)$/

/**
 * Where sessions, keys, links, tokens and second factors are looked up: every condition of these functions is a check.
 */
const LOOKUPS = {
  'server/accounts/access.ts': QUESTIONS.concat('principal', 'known', 'mayAtAll', 'isGranted'),
  'server/accounts/challenges.ts': ['take'],
  'server/accounts/cookie.ts': ['read'],
  'server/accounts/guests.ts': ['redeem', 'siteOf'],
  'server/accounts/keys-route.ts': ['createKeysRouter'],
  'server/accounts/keys.ts': ['verify', 'list'],
  'server/accounts/network-guard.ts': ['networkGuard'],
  'server/accounts/own.ts': ['changePassword', 'renewRecoveryCodes', 'endSession', 'endOtherSessions'],
  'server/accounts/passkey-sign-in.ts': ['signIn'],
  'server/accounts/passkeys.ts': ['shown', 'take', 'made', 'remove', 'rowsOf'],
  'server/accounts/relying-party.ts': ['shown', 'made', 'isWithoutCertificate'],
  'server/accounts/second-factor.ts': ['find', 'take'],
  'server/accounts/sessions.ts': ['verify', 'list', 'revoke'],
  'server/accounts/set-up.ts': ['find', 'firstLink', 'finish'],
  'server/accounts/sign-in.ts': ['signIn', 'confirm'],
  'server/accounts/tries.ts': ['admit'],
  'server/beacons/recipient-route.ts': ['tokenOf'],
  'server/beacons/token.ts': ['open'],
  'server/collect/admit.ts': ['originAllowed'],
  'server/consent/policy/route.ts': ['isSameOrigin', 'isFirstParty'],
  'server/http/health.ts': ['isDirectLoopback'],
  'server/http/security.ts': ['sameOriginOnly'],
  'server/query/narrowed.ts': ['narrowed'],
  'server/reports/links.ts': ['read'],
  'server/shares/links.ts': ['find', 'open', 'verify'],
  'server/shares/route.ts': ['createSharesRouter'],
  'server/sms/hook.ts': ['isVerified', 'route'],
  'server/sms/pages/form-token.ts': ['read'],
  'server/sms/pages/subject-link.ts': ['subjectOf'],
  'server/sms/web.ts': ['authorize'],
}

const ROLES = 'server/accounts/roles.ts'

/** Where what somebody names by its id is looked up among what is theirs: of their site, or of their account. */
const BELONGINGS =
  /^(sms\/desk|server\/accounts)\/|^server\/(shares\/links|notes\/notes|reports\/reports|beacons\/(campaigns|recipients)|consent\/disclosure)\.ts$/
const WHOSE = /(^|\.)(site_id|account_id|password_hash|token_hash|totp_step|counter)$/

/**
 * @param file from the root
 * @returns of each check what it is called, the route or function that it stands in, and `put(n)`: what is put into the
 * file so that check n can be taken out, as `{ at, text, depth }`
 */
export function checksOf(root, file) {
  const text = readFileSync(new URL(file, root), 'utf8')
  const found = new Map()
  const source = (of) => text.slice(of.start, of.end)
  const isLookup = (path) => LOOKUPS[file]?.some((name) => namesOf(path).includes(name)) ?? false
  const take = (form, node, path, parts, say = source(node)) => {
    const check = { file, form, ...placeOf(path, text), check: say.replace(/\s+/g, ' ').trim() }
    found.set(`${node.start} ${node.end} ${form}`, {
      ...check,
      at: node.start,
      put: (n) => putAround(node, parts(n)),
    })
  }
  const instead = (form, node, path, other, say) =>
    take(form, node, path, (n) => [`(out(${n}) ? ${other} : (`, '))'], say)

  walk(parseAst(text, { lang: 'ts' }), [], (node, path) => {
    const parent = path.at(-1)
    if (isQuestion(node, parent, source) && !NOT_ASKING.includes(file)) {
      const call = parent.type === 'CallExpression' && parent.callee === node ? parent : node
      take('question', node, path, (n) => [`unchecked(${n}, `, ')'], source(call))
      for (const literal of permissionsIn(call.arguments ?? [])) {
        instead('permission', literal, path, `'sites.read'`, source(call))
      }
    }
    const called = node.type === 'CallExpression' ? source(node.callee) : ''
    if (/\bkeys\.verify$/.test(called) && node.arguments[1].value) {
      const verify = `(scope) => ${called}(${source(node.arguments[0])}, scope)`
      instead('permission', node, path, `['query', 'ingest', 'admin', 'sms'].map(${verify}).find(Boolean)`)
    }
    const isRegistered =
      parent?.type === 'CallExpression' && /^(app|router)\.|\.use$/.test(source(parent.callee))
    if (GUARDS.includes(node.name) && isRegistered) {
      // Asked as a request comes by: when the router is made all checks may still be in place.
      const past = '((request, response, next) => out('
      take('guard', node, path, (n) => [`${past}${n}) ? next() : (`, ')(request, response, next))'])
    }
    if (node.type === 'ExpressionStatement' && DEMANDS.test(source(node.expression.callee ?? node))) {
      // Lines end without a semicolon, and this one begins with a bracket.
      take('demand', node.expression, path, (n) => [`;(out(${n}) ? undefined : (`, '))'])
    }
    const isBranch = node.type === 'IfStatement' || node.type === 'ConditionalExpression'
    const isChoice =
      node.type === 'ConditionalExpression' && !isNothing(node.consequent) && !isNothing(node.alternate)
    if (isBranch && (refusesWho(source(node.consequent)) || (isLookup(path) && !isChoice))) {
      const isRefusal = refuses(node.consequent, source)
      for (const one of grounds(node.test, isRefusal)) instead('condition', one, path, String(!isRefusal))
    }
    // program?.siteId !== siteId; .where('site_id', '=', …): what is another's is not found.
    if (BELONGINGS.test(file)) {
      const isWhose =
        node.type === 'BinaryExpression' && /(site|account)(_i|I|\??\.i)d$/.test(source(node.left))
      if (isWhose && /^[!=]==$/.test(node.operator) && !isPresence(node) && node.right.type !== 'Literal') {
        instead('condition', node, path, String(node.operator === '==='))
      }
      if (node.callee?.property?.name === 'where' && WHOSE.test(node.arguments[0]?.value ?? '')) {
        const { end } = node.callee.object
        const say = text.slice(node.callee.property.start - 1, node.end)
        take('scope', node, path, (n) => [`narrowedBy(${n}, `, ')', [end, ', (query) => query']], say)
      }
    }
    if (!isLookup(path)) return
    const answer = node.type === 'ReturnStatement' ? node.argument : isFunction(node) ? node.body : undefined
    if (answer && isClaim(answer)) {
      for (const one of grounds(answer, false)) instead('condition', one, [...path, node], 'true')
    }
  })
  return [...found.values()]
}

/** Of each list of permissions those that are not in it: for each a check that it is not. */
export function rolesOf(root) {
  const text = readFileSync(new URL(ROLES, root), 'utf8')
  const lists = new Map()
  walk(parseAst(text, { lang: 'ts' }), [], (node, path) => {
    if (node.type !== 'ArrayExpression') return
    const named = path.toReversed().find(({ type }) => ['Property', 'VariableDeclarator'].includes(type))
    lists.set(named.key?.name ?? named.id.name, { node, has: node.elements.map((one) => one.value) })
  })
  const all = lists.get('PERMISSIONS').has
  // What is for all sites only is decided by Access; the list is for pages.
  const holders = [...lists].filter(([name]) => !['PERMISSIONS', 'OF_ALL_SITES'].includes(name))
  return holders.flatMap(([place, { node, has }]) =>
    all
      .filter((permission) => !has.includes(permission))
      .map((check) => {
        const put = (n) => putAround(node, ['granted(', `, { '${check}': ${n} })`])
        return { file: ROLES, form: 'role', place, check, at: 0, put }
      }),
  )
}

/** Text before and behind a node, and in between. */
function putAround({ start, end }, [before, behind, within]) {
  const length = end - start
  return [
    { at: start, text: before, order: -length },
    ...(within ? [{ at: within[0], text: within[1], order: 0.5 }] : []),
    { at: end, text: behind, order: length, isBehind: true },
  ]
}

/** A file with what was put into it, the outer around the inner. */
export function withPut(text, puts) {
  const sorted = puts.toSorted(
    (a, b) => a.at - b.at || Number(b.isBehind ?? false) - Number(a.isBehind ?? false) || a.order - b.order,
  )
  let made = ''
  let from = 0
  for (const { at, text: put } of sorted) {
    made += text.slice(from, at) + put
    from = at
  }
  return made + text.slice(from)
}

/** access.site, as it is called or handed on; authorize(…), parts.authorize(…). */
function isQuestion(node, parent, source) {
  if (node.type === 'MemberExpression' && source(node.object) === 'access') {
    return QUESTIONS.includes(node.property.name)
  }
  const isCalled = parent?.type === 'CallExpression' && parent.callee === node
  const isGiven =
    node.type === 'Identifier' || (node.type === 'MemberExpression' && source(node.object) === 'parts')
  return isCalled && isGiven && GIVEN.includes((node.property ?? node).name)
}

/**
 * The conditions of a test that can be taken out. That something is there is none: without it there is nothing to go on
 * with.
 */
function grounds(test, isRefusal) {
  const operator = isRefusal ? '||' : '&&'
  const leaves = (node) =>
    node.type === 'LogicalExpression' && node.operator === operator
      ? [...leaves(node.left), ...leaves(node.right)]
      : node.type === 'ParenthesizedExpression'
        ? leaves(node.expression)
        : [node]
  return leaves(test).filter((one) => !isPresence(one))
}

function isPresence(node) {
  if (node.operator === 'in' || (node.operator === '===' && node.right.raw === 'null')) return true
  if (['ObjectExpression', 'ConditionalExpression'].includes(node.type)) return true
  if (node.left?.operator === 'typeof') return true
  if (node.type === 'Identifier') return !/^(is|has|may)[A-Z]|^(factor|foreign)$/.test(node.name)
  if (node.type === 'UnaryExpression') return node.argument.type === 'Identifier'
  return (
    node.type === 'BinaryExpression' && node.right.name === 'undefined' && node.left.type === 'Identifier'
  )
}

/** A refusal of who asks, or how often they do: 401, 403 and 429. */
function refusesWho(source) {
  return /\b40[13]\b|new TooManyTries|tries\.refuse|unverified\(/.test(source)
}

function refuses(consequent, source) {
  if (isNothing(consequent) || refusesWho(source(consequent))) return true
  const last = consequent.type === 'BlockStatement' ? consequent.body.at(-1) : consequent
  if (last.type === 'ThrowStatement') return true
  if (last.type === 'IfStatement') return refuses(last.consequent, source)
  // All is well, and what comes after refuses.
  if (last.type === 'ReturnStatement' && !last.argument) return false
  if (last.type !== 'ReturnStatement') return /^(refuse|unverified)\(|, 40[13]\b/.test(source(last))
  return (
    isNothing(last.argument) ||
    /^(refuse|unverified|tooLarge|nothingHeld|unknown|\{ kind: )/.test(source(last.argument))
  )
}

/** What is answered for what was not found, or not let through. */
function isNothing(node) {
  if (!node) return true
  return (
    node.name === 'undefined' ||
    node.value === false ||
    (node.type === 'ArrayExpression' && node.elements.length === 0)
  )
}

/** A text of conditions alone, as a function answers it. */
function isClaim(node) {
  const inner = node.type === 'ParenthesizedExpression' ? node.expression : node
  return (
    (inner.type === 'LogicalExpression' && inner.operator !== '??') ||
    (inner.type === 'BinaryExpression' && ['===', '!==', '<', '>', '<=', '>='].includes(inner.operator))
  )
}

function permissionsIn(given) {
  return given.flatMap((one) =>
    one.type === 'ConditionalExpression'
      ? permissionsIn([one.consequent, one.alternate])
      : one.type === 'Literal' && typeof one.value === 'string' && /^[a-z]+(\.[a-z]+)?$/.test(one.value)
        ? [one]
        : [],
  )
}

function isFunction({ type }) {
  return type === 'ArrowFunctionExpression' || type === 'FunctionExpression' || type === 'FunctionDeclaration'
}

/** Names of the functions around a node, the outermost first. */
function namesOf(path) {
  return path.flatMap((node, at) => {
    if (!isFunction(node)) return []
    const outer = path[at - 1]
    const name = node.id?.name ?? outer?.key?.name ?? outer?.id?.name
    return name === undefined ? [] : [name]
  })
}

/** The route that a node is part of, as `GET /path`, or else the innermost function with a name. */
function placeOf(path, text) {
  for (const { type, callee, arguments: given } of path.toReversed()) {
    if (type !== 'CallExpression' || callee.object?.name !== 'router') continue
    const method = callee.property.name.toUpperCase()
    const address = text.slice(given[0].start, given[0].end)
    if (address.includes('(')) continue
    const named = /\baddress = '([^']+)'/.exec(text)?.[1] ?? ''
    const route = `${method} ${address.replaceAll(/['`]/g, '').replace(/\$\{address\}|^address$/, named)}`
    return { place: route, route: /^(GET|POST|PUT|PATCH|DELETE) \//.test(route) ? route : undefined }
  }
  return { place: namesOf(path).at(-1) ?? '' }
}

function walk(node, path, visit) {
  if (typeof node?.type === 'string') visit(node, path)
  const inside = typeof node?.type === 'string' ? [...path, node] : path
  for (const [key, value] of Object.entries(node)) {
    if (key !== 'parent' && typeof value === 'object' && value !== null) walk(value, inside, visit)
  }
}
