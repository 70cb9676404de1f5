//! The designs' words in French, Spanish, Italian, Portuguese and Romanian.

use super::Words;

pub(super) const FR: Words = Words {
    tag: "fr",
    dear: "Bonjour {},",
    hello: "Bonjour,",
    by: "par",
    contents: "Dans cette lettre",
    ask: "Souhaitez-vous nous demander quelque chose ?",
    reply: "Répondez simplement à cette lettre ; une personne la lira.",
    write_to_us: "Écrivez-nous",
    why: "Vous recevez cette lettre parce que vous nous l’avez demandée.",
    unsubscribe: "Se désabonner",
    no_more: "Nous ne vous écrirons alors plus.",
    unsubscribe_by_mail: "Pour vous désabonner, écrivez à cette adresse :",
};

pub(super) const ES: Words = Words {
    tag: "es",
    dear: "Hola {}:",
    hello: "Hola:",
    by: "por",
    contents: "En esta carta",
    ask: "¿Hay algo que quiera preguntarnos?",
    reply: "Responda simplemente a esta carta; la lee una persona.",
    write_to_us: "Escríbanos",
    why: "Recibe esta carta porque nos la pidió.",
    unsubscribe: "Darse de baja",
    no_more: "Entonces no volveremos a escribirle.",
    unsubscribe_by_mail: "Para darse de baja, escriba a esta dirección:",
};

pub(super) const IT: Words = Words {
    tag: "it",
    dear: "Buongiorno {},",
    hello: "Buongiorno,",
    by: "di",
    contents: "In questa lettera",
    ask: "C’è qualcosa che vorrebbe chiederci?",
    reply: "Risponda semplicemente a questa lettera; la legge una persona.",
    write_to_us: "Ci scriva",
    why: "Riceve questa lettera perché ce l’ha chiesta.",
    unsubscribe: "Annulla l’iscrizione",
    no_more: "Allora non le scriveremo più.",
    unsubscribe_by_mail: "Per annullare l’iscrizione, scriva a questo indirizzo:",
};

pub(super) const PT: Words = Words {
    tag: "pt",
    dear: "Olá {},",
    hello: "Olá,",
    by: "por",
    contents: "Nesta carta",
    ask: "Há alguma coisa que gostaria de nos perguntar?",
    reply: "Responda simplesmente a esta carta; é lida por uma pessoa.",
    write_to_us: "Escreva-nos",
    why: "Recebe esta carta porque no-la pediu.",
    unsubscribe: "Cancelar a subscrição",
    no_more: "Nesse caso, não voltamos a escrever-lhe.",
    unsubscribe_by_mail: "Para cancelar a subscrição, escreva para este endereço:",
};

pub(super) const RO: Words = Words {
    tag: "ro",
    dear: "Bună ziua, {},",
    hello: "Bună ziua,",
    by: "de",
    contents: "În această scrisoare",
    ask: "Doriți să ne întrebați ceva?",
    reply: "Răspundeți pur și simplu la această scrisoare; o citește un om.",
    write_to_us: "Scrieți-ne",
    why: "Primiți această scrisoare pentru că ne-ați cerut-o.",
    unsubscribe: "Dezabonare",
    no_more: "Atunci nu vă vom mai scrie.",
    unsubscribe_by_mail: "Pentru dezabonare, scrieți la această adresă:",
};
