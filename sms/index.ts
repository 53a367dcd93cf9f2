/** The one door of the SMS module: whoever is outside imports from here. */
export { FRESH, transition, type ConsentEvent, type ConsentState, type Grant } from './consent.ts'
export { decide, type Decision, type Facts } from './gate.ts'
export { readAnswer, type Reading } from './keywords.ts'
export { parseNumber, type PhoneNumber } from './phone.ts'
export { prepareMessage, programFaults, type Program, type ProgramFault } from './program.ts'
export { screen, type Finding, type Screening } from './screen.ts'
export { segmentsOf } from './segments.ts'
export { faultsOf, type ConsentFault } from './written-consent.ts'
