import type { PageTexts } from './texts.ts'

export const fr: PageTexts = {
  signUp: {
    title: 'SMS de {program}',
    lead: '{seller} envoie ces messages. Vous les recevez seulement si vous vous inscrivez ici, et jusqu’à ce que vous disiez STOP.',
    number: 'Numéro de mobile',
    numberHint:
      'Aux États-Unis ou au Canada, par exemple (201) 555-0123. Il est gardé chiffré et ne va à personne d’autre que l’opérateur des messages.',
    separate:
      'Il s’agit de ces messages et de rien d’autre. Cela ne fait partie d’aucune commande ni d’autres conditions.',
    button: 'S’inscrire',
    confirmFirst: 'Un message vous demandera de répondre OUI. Rien d’autre n’est envoyé avant.',
    fault: 'Pas encore envoyé',
    tickAgain: 'Cochez aussi la case de nouveau : elle n’est jamais cochée pour vous.',
    takenTitle: 'Regardez votre téléphone',
    taken:
      'Si ce numéro peut être inscrit à {program} et n’a pas encore été interrogé, il reçoit un message : répondez OUI. Sans réponse, plus rien n’est envoyé.',
    takenAtOnce:
      'Si ce numéro peut être inscrit à {program}, il l’est. Répondez STOP à un message pour y mettre fin.',
    faults: {
      'number-missing': 'Écrivez votre numéro de mobile.',
      'not-a-number':
        'Ce n’est pas un numéro de téléphone : écrivez dix chiffres, par exemple (201) 555-0123.',
      extension: 'Ce numéro a un poste, qu’aucun message n’atteint : écrivez-le sans.',
      'short-code':
        'C’est un numéro court, qui ne peut pas être inscrit : écrivez un mobile de dix chiffres.',
      'other-country':
        'Ce numéro est d’un autre pays : les messages vont aux États-Unis et au Canada seulement.',
      'area-code':
        'Cet indicatif n’est pas en service ou fait payer ceux qui l’appellent : voyez les trois premiers chiffres.',
      'box-empty': 'Cochez la case si vous êtes d’accord : sans elle aucun message n’est envoyé.',
      'form-old': 'Ce formulaire a un jour, ou son texte a changé : relisez-le et envoyez-le.',
      'form-unknown': 'Ce formulaire n’est pas de cette page : remplissez celui-ci.',
      'too-many': 'Trop de formulaires sont venus de votre réseau : réessayez dans {seconds} secondes.',
    },
  },
  preferences: {
    title: 'Vos SMS',
    lead: 'Voici les messages pour le numéro {number}. Aucune connexion n’est nécessaire.',
    receives: '{program} : des messages sont envoyés.',
    stopped: '{program} : aucun message n’est envoyé.',
    nothing: 'Aucun message n’est envoyé à ce numéro.',
    stopOne: 'Arrêter {program}',
    stopAll: 'Arrêter tous les messages',
    saved: 'Enregistré. Désormais aucun tel message n’est envoyé ; ce qui attendait est annulé.',
    back: 'Pour vous inscrire de nouveau, utilisez le formulaire du programme.',
  },
  controller: 'Responsable : {seller}, contact :',
  terms: 'Conditions générales',
  privacy: 'Confidentialité',
  languages: 'Langues',
  version: 'Version {version} de ce texte',
}
