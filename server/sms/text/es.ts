import type { PageTexts } from './texts.ts'

export const es: PageTexts = {
  signUp: {
    title: 'Mensajes de texto de {program}',
    lead: '{seller} envía estos mensajes. Los recibe solo si se inscribe aquí, y hasta que diga STOP.',
    number: 'Número de móvil',
    numberHint:
      'En Estados Unidos o Canadá, por ejemplo (201) 555-0123. Se guarda cifrado y no va a nadie más que al operador de los mensajes.',
    separate:
      'Esto trata de estos mensajes y de nada más. No forma parte de ningún pedido ni de otras condiciones.',
    button: 'Inscribirse',
    confirmFirst: 'Un mensaje le pedirá que responda SÍ. Antes no se envía nada más.',
    fault: 'Todavía no se ha enviado',
    tickAgain: 'Marque también la casilla de nuevo: nunca se marca por usted.',
    takenTitle: 'Mire su teléfono',
    taken:
      'Si este número puede inscribirse en {program} y no se le preguntó antes, recibe un mensaje: responda SÍ. Sin respuesta no se envía nada más.',
    takenAtOnce:
      'Si este número puede inscribirse en {program}, ya lo está. Responda STOP a cualquier mensaje para terminar.',
    faults: {
      'number-missing': 'Escriba su número de móvil.',
      'not-a-number': 'Esto no es un número de teléfono: escriba diez cifras, por ejemplo (201) 555-0123.',
      extension: 'Este número tiene una extensión, a la que no llega ningún mensaje: escríbalo sin ella.',
      'short-code': 'Esto es un código corto, que no puede inscribirse: escriba un móvil de diez cifras.',
      'other-country': 'Este número es de otro país: los mensajes van solo a Estados Unidos y Canadá.',
      'area-code': 'Este prefijo no está en uso o cobra a quien llama: mire las tres primeras cifras.',
      'box-empty': 'Marque la casilla si está de acuerdo: sin ella no se envía ningún mensaje.',
      'form-old': 'Este formulario tiene un día o su texto ha cambiado: léalo de nuevo y envíelo.',
      'form-unknown': 'Este formulario no es de esta página: rellene este.',
      'too-many': 'Llegaron demasiados formularios de su red: inténtelo en {seconds} segundos.',
    },
  },
  preferences: {
    title: 'Sus mensajes de texto',
    lead: 'Estos son los mensajes para el número {number}. No hace falta iniciar sesión.',
    receives: '{program}: se envían mensajes.',
    stopped: '{program}: no se envían mensajes.',
    nothing: 'No se envían mensajes a este número.',
    stopOne: 'Terminar {program}',
    stopAll: 'Terminar todos los mensajes',
    saved: 'Guardado. Desde ahora no se envía ningún mensaje así; lo que esperaba se ha cancelado.',
    back: 'Para inscribirse de nuevo, use el formulario del programa.',
  },
  controller: 'Responsable: {seller}, contacto:',
  terms: 'Términos',
  privacy: 'Privacidad',
  languages: 'Idiomas',
  version: 'Versión {version} de este texto',
}
