import type { PageTexts } from './texts.ts'

export const pt: PageTexts = {
  signUp: {
    title: 'Mensagens de texto de {program}',
    lead: '{seller} envia estas mensagens. Você as recebe só se se inscrever aqui, e até dizer STOP.',
    number: 'Número de celular',
    numberHint:
      'Nos Estados Unidos ou no Canadá, por exemplo (201) 555-0123. É guardado cifrado e não vai a ninguém além da operadora das mensagens.',
    separate:
      'Trata-se destas mensagens e de nada mais. Não faz parte de nenhum pedido nem de outros termos.',
    button: 'Inscrever-se',
    confirmFirst: 'Uma mensagem pedirá que você responda SIM. Antes disso nada mais é enviado.',
    fault: 'Ainda não enviado',
    tickAgain: 'Marque também a caixa de novo: ela nunca é marcada por você.',
    takenTitle: 'Olhe o seu telefone',
    taken:
      'Se este número pode ser inscrito em {program} e não foi perguntado antes, ele recebe uma mensagem: responda SIM. Sem resposta nada mais é enviado.',
    takenAtOnce:
      'Se este número pode ser inscrito em {program}, ele já está. Responda STOP a qualquer mensagem para terminar.',
    faults: {
      'number-missing': 'Escreva o seu número de celular.',
      'not-a-number': 'Isto não é um número de telefone: escreva dez dígitos, por exemplo (201) 555-0123.',
      extension: 'Este número tem um ramal, que nenhuma mensagem alcança: escreva-o sem ele.',
      'short-code': 'Isto é um código curto, que não pode ser inscrito: escreva um celular de dez dígitos.',
      'other-country': 'Este número é de outro país: as mensagens vão só aos Estados Unidos e ao Canadá.',
      'area-code':
        'Este código de área não está em uso ou cobra de quem liga: veja os três primeiros dígitos.',
      'box-empty': 'Marque a caixa se concorda: sem ela nenhuma mensagem é enviada.',
      'form-old': 'Este formulário tem um dia, ou o seu texto mudou: leia-o de novo e envie.',
      'form-unknown': 'Este formulário não é desta página: preencha este.',
      'too-many': 'Vieram formulários demais da sua rede: tente de novo em {seconds} segundos.',
    },
  },
  preferences: {
    title: 'As suas mensagens de texto',
    lead: 'Estas são as mensagens para o número {number}. Não é preciso entrar.',
    receives: '{program}: mensagens são enviadas.',
    stopped: '{program}: nenhuma mensagem é enviada.',
    nothing: 'Nenhuma mensagem é enviada a este número.',
    stopOne: 'Parar {program}',
    stopAll: 'Parar todas as mensagens',
    saved: 'Salvo. A partir de agora nenhuma mensagem assim é enviada; o que esperava foi cancelado.',
    back: 'Para se inscrever de novo, use o formulário do programa.',
  },
  controller: 'Responsável: {seller}, contato:',
  terms: 'Termos',
  privacy: 'Privacidade',
  languages: 'Idiomas',
  version: 'Versão {version} deste texto',
}
