/**
 * What people answer with, by language. Folded: small letters, no accents. 47 CFR 64.1200(a)(10)(i)(A) makes "stop",
 * "quit", "end", "revoke", "opt out", "cancel" and "unsubscribe" a revocation by themselves; the others of English are
 * those of carriers and providers.
 */

export const LANGUAGES = ['en', 'es', 'fr', 'de', 'pt'] as const
export type Language = (typeof LANGUAGES)[number]

/** Words, or a few, with a comma between them. */
function list(text: string): readonly string[] {
  return text
    .trim()
    .split(/\s*,\s*/)
    .map((words) => words.replace(/\s+/g, ' '))
}

/** A whole message that is one of these opts out, in whatever language its sender was written to. */
export const OPT_OUT_WORDS: Readonly<Record<Language, readonly string[]>> = {
  en: list(`
    stop, quit, end, revoke, opt out, cancel, unsubscribe, stopall, stop all, optout, unsub, remove,
    remove me, td, opt me out, stop sms, end all, stop messages, stop texts, stop texting, stop
    messaging, stop sending, cancel all, no more
  `),
  es: list(`
    alto, parar, para, pare, paren, baja, cancelar, cancela, cancelen, detener, detengan, no mas, ya no
    mas, dar de baja, darme de baja, dame de baja, denme de baja, desuscribir, desuscribirme,
    desuscribirse, borrar, eliminar, basta, terminar, salir, fin, anular
  `),
  fr: list(`
    arret, arreter, arretez, arrete, stop sms, stop pub, desabonner, desabonnement, desabonnez,
    desabonnez moi, me desabonner, desinscrire, desinscription, me desinscrire, desinscrivez moi,
    resilier, annuler, fin, suffit, ca suffit, supprimer, retirer
  `),
  de: list(`
    stopp, stoppen, abmelden, abmeldung, abbestellen, abbestellung, austragen, ende, beenden, aufhoren,
    kundigen, kundigung, widerruf, widerrufen, loschen, abbrechen, schluss
  `),
  pt: list(`
    parar, pare, parem, sair, cancelar, cancele, remover, remova, descadastrar, descadastro,
    desinscrever, desinscrever me, chega, basta, encerrar, excluir, nao quero mais, fim
  `),
}

/** Whole messages that ask what this is. */
export const HELP_WORDS: readonly string[] = ['help', 'info', 'ayuda', 'aide', 'hilfe', 'ajuda']

/** Whole messages that take a STOP back. Taken to the letter: only a clear word gives. */
export const START_WORDS: readonly string[] = list(`
  start, unstop, subscribe, resume, continue, opt in, optin, iniciar, comenzar, alta, reanudar,
  suscribir, demarrer, reprendre, sabonner, anmelden, starten, fortsetzen, comecar, retomar, assinar
`)

/** Whole messages that confirm what was asked for. Taken to the letter. */
export const YES_WORDS: readonly string[] = ['yes', 'y', 'confirm', 'si', 'oui', 'ja', 'sim']

/** Whole messages that decline it. */
export const NO_WORDS: readonly string[] = ['no', 'n', 'non', 'nein', 'nao']

/** Courtesies and pushes around a word that change nothing: `Stop. Thank you`, `I said STOP now`. */
export const COURTESIES: readonly string[] = list(`
  please, pls, plz, plse, thanks, thank, thankyou, thx, ty, you, u, sir, maam, hi, hello, hey, now,
  ok, okay, just, kindly, immediately, asap, already, i, id, said, say, im, want, wanna, need, like,
  would, to, must, ffs, wtf, bro, dude, omg, and, me, all, sorry, text, reply, texted, at, once,
  right, again, enough, jeez, god, damn, fucking, por, favor, gracias, ya, quiero, ahora, hola, porfa,
  porfavor, obrigado, obrigada, agora, quero, svp, stp, merci, bonjour, je, veux, sil, vous, te,
  plait, maintenant, bitte, danke, jetzt, ich, will, mochte, mich, sofort, hallo
`)

/** Single words one slip away from a word that opts out, and words of their own. */
export const NOT_SLIPS: readonly string[] = list(`
  shop, step, slop, atop, stoop, strop, stomp, stow, swop, stoic, stops, stoped, sop, quite, quiet,
  suit, quip, quiz, unit, quid, quilt, quits, evoke, revoked, cancer, cancels, canceled, remote,
  removed, removes, remover, move, alta, auto, salt, also, alt, baby, caja, bajo, raja, parada, parra,
  partir, pagar, pasar, salir, para, pari, sari, enden, wende, rende, stopper, stoppt, harder, hair,
  said, fair, pair, air, arreter, paris, bare, care, fare, hare, mare, rare, ware, pale, park, part,
  pace, page, bata, pasta, hasta, casta, chefe, cheia, anmelden, subscribe, retired, borrow
`)
