/** What answers to a request to send say of the message, and not of the account: the same would come again. */
const OF_THE_MESSAGE = /^(?:CMN-10[0-9]|MSG-(?:240|241|242|243|246|247|314|337|338|381)|SMS-)/

/** Whether a refusal is the message's own. Others are the account's or the sender's, and wait for a person. */
export function isOfTheMessage(code: string): boolean {
  return OF_THE_MESSAGE.test(code)
}
