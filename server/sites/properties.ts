import { MAX_LENGTH, MAX_PROPERTIES } from '../../schema/event.ts'
import { UserError } from '../errors.ts'

/**
 * Which properties of custom events a site may declare (R1.1b). A property is a word that many visitors share, so what
 * is called like a person's data is refused, whatever it would hold.
 */

const NAME = new RegExp(`^[A-Za-z][\\w-]{0,${MAX_LENGTH.property - 1}}$`)

/** Words of a name that stand for data of a person or of a payment. */
const PERSONAL = new Set(
  `name firstname lastname surname forename nickname fullname username login
  address street city zip zipcode postcode postal
  birth birthday birthdate dob age gender sex
  email mail phone telephone tel mobile fax
  iban bic account card cardnumber creditcard pan cvv cvc exp expiry expires expiration
  password passwd passphrase pass pwd pin secret token
  passport ssn ip user uid uuid userid customerid visitorid clientid deviceid sessionid`.split(/\s+/),
)

/** Throws UserError for the first that is no name, is given twice or stands for somebody's data, and for too many. */
export function checkProperties(names: readonly string[]): void {
  if (names.length > MAX_PROPERTIES) {
    throw new UserError(`A site has at most ${MAX_PROPERTIES} properties, and these are ${names.length}.`)
  }
  for (const [index, name] of names.entries()) {
    const shown = JSON.stringify(name.slice(0, 80))
    if (!NAME.test(name)) {
      throw new UserError(
        `${shown} cannot be a property: write letters, digits, _ and -, a letter first, ${MAX_LENGTH.property} at most.`,
      )
    }
    if (isPersonal(name)) {
      throw new UserError(
        `${shown} cannot be a property: it is called like somebody's data, which is kept nowhere; name what many share, like plan.`,
      )
    }
    if (names.indexOf(name) !== index) throw new UserError(`${shown} is there twice: name it once.`)
  }
}

/** Whether a name is called like data of a person, in any of the ways names are put together: `card_exp`, `userId`. */
export function isPersonal(name: string): boolean {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
  // Two words that are one, `user-id`, are looked up as both.
  return words.some((word, index) => PERSONAL.has(word) || PERSONAL.has(word + (words[index + 1] ?? '')))
}
