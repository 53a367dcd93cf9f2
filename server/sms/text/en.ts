import type { PageTexts } from './texts.ts'

export const en: PageTexts = {
  signUp: {
    title: 'Text messages of {program}',
    lead: '{seller} sends these messages. You get them only if you sign up here, and until you say STOP.',
    number: 'Mobile number',
    numberHint:
      'In the United States or Canada, for example (201) 555-0123. It is kept encrypted and goes to nobody but the carrier of the messages.',
    separate: 'This is about these messages and nothing else. It belongs to no order and to no other terms.',
    button: 'Sign up',
    confirmFirst: 'One message will ask you to answer YES. Nothing else is sent before you do.',
    fault: 'Not sent yet',
    tickAgain: 'Tick the box again as well: it is never ticked for you.',
    takenTitle: 'Look at your phone',
    taken:
      'If this number can be signed up for {program} and was not asked before, it gets one message: answer YES. Without an answer nothing more is sent.',
    takenAtOnce:
      'If this number can be signed up for {program}, it is. Answer STOP to any message to end it.',
    faults: {
      'number-missing': 'Write your mobile number.',
      'not-a-number': 'This is not a phone number: write ten digits, for example (201) 555-0123.',
      extension: 'This number has an extension, which no message reaches: write it without.',
      'short-code': 'This is a short code, which cannot be signed up: write a mobile number of ten digits.',
      'other-country': 'This number is of another country: messages go to the United States and Canada only.',
      'area-code':
        'This area code is not in use, or charges those who call it: look at the first three digits.',
      'box-empty': 'Tick the box if you agree: without it no message is sent.',
      'form-old': 'This form is a day old, or what it says has changed: read it again and send it.',
      'form-unknown': 'This form is not of this page: fill in this one.',
      'too-many': 'Too many forms came from your network: try again in {seconds} seconds.',
    },
  },
  preferences: {
    title: 'Your text messages',
    lead: 'These are the messages for the number {number}. No sign-in is needed.',
    receives: '{program}: messages are sent.',
    stopped: '{program}: no messages are sent.',
    nothing: 'No messages are sent to this number.',
    stopOne: 'Stop {program}',
    stopAll: 'Stop all messages',
    saved: 'Saved. From now on no such message is sent; what waited to be sent was cancelled.',
    back: 'To sign up again, use the form of the program.',
  },
  controller: 'Responsible: {seller}, reached at',
  terms: 'Terms',
  privacy: 'Privacy',
  languages: 'Languages',
  version: 'Version {version} of this text',
}
