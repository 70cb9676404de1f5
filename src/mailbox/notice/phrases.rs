//! What people write who want no more letters, in fourteen languages, as [`words`] has it: small letters, no accents, no marks.
//!
//! Promises: every word of such a sentence is known: a phrase that asks for it, and otherwise only words that change nothing. A word that
//! could mean an appointment (`cancel`, `absagen`, `annuler`) asks for nothing by itself. Knows nothing of mails.

use super::plain::words;

/// The longest sentence that is still plain words.
const MOST_WORDS: usize = 16;

/// What asks for it, by language, between semicolons.
const PHRASES: &[(&str, &str)] = &[
    (
        "en",
        "unsubscribe;unsubscribe me;unsubscribed;unsubscription;unsub;stop;stop it;stop emailing me;stop mailing me;\
         stop sending;stop sending me;stop mailing;stop emailing;stop writing;stop writing to me;stop writing me;remove;\
         remove me;remove my name;delete me;take me off;take my name off;take my address off;get me off;opt out;optout;\
         opt me out;no more emails;no more mails;no more email;no more mail;no more letters;no more newsletters;\
         cancel subscription;cancel my subscription;cancel the subscription;cancel newsletter;cancel the newsletter;\
         end subscription;end my subscription;no longer wish to receive;no longer want to receive;no longer want;\
         do not wish to receive any more;do not want to receive any more;dont want to receive any more;\
         do not want any more;dont want any more;do not send me any more;dont send me any more;do not email me again;\
         dont email me again;do not contact me again;dont contact me again;leave the list;leave list;leave this list;\
         be removed;be taken off;be unsubscribed",
    ),
    (
        "de",
        "abmelden;abmeldung;austragen;abbestellen;abbestellung;newsletter kundigen;newsletterabmeldung;\
         kundigung newsletter;kundigung des newsletters;melden sie mich * ab;meldet mich * ab;melde mich * ab;\
         tragen sie mich * aus;tragt mich * aus;loschen sie mich;streichen sie mich;nehmen sie mich;nehmt mich;\
         entfernen sie mich;keine mails mehr;keine emails mehr;keine mail mehr;keine email mehr;keine newsletter mehr;\
         keinen newsletter mehr;keine weiteren mails;keine weiteren emails;keine weiteren newsletter;stopp;abo beenden;\
         abonnement beenden",
    ),
    (
        "fr",
        "desabonner;desabonnement;desabonnez moi;desabonnezmoi;desabonne moi;desabonnemoi;me desabonner;desinscription;\
         desinscrire;desinscrivez moi;desinscrivezmoi;me desinscrire;retirez moi;retirezmoi;supprimez moi;supprimezmoi;\
         enlevez moi;enlevezmoi;ne plus recevoir;ne veux plus recevoir;ne souhaite plus recevoir;ne desire plus recevoir;\
         ne veux plus de mails;ne souhaite plus de mails;ne veux plus de courriels;arretez;arretez de menvoyer;stopper",
    ),
    (
        "es",
        "baja;darme de baja;dar de baja;darse de baja;denme de baja;dadme de baja;deme de baja;desuscribir;desuscribirme;\
         desuscribirse;cancelar suscripcion;cancelar la suscripcion;cancelar mi suscripcion;anular suscripcion;\
         anular la suscripcion;anular mi suscripcion;eliminarme;eliminenme;borrarme;borrenme;quitarme;quitenme;\
         no quiero recibir mas;no deseo recibir mas;dejar de recibir",
    ),
    (
        "it",
        "disiscrivere;disiscrivermi;disiscrivetemi;disiscrivimi;disiscrizione;cancellami;cancellatemi;cancellarmi;\
         cancellate la mia iscrizione;cancellare la mia iscrizione;cancellazione iscrizione;annullare iscrizione;\
         annullare la mia iscrizione;annulla iscrizione;rimuovetemi;rimuovimi;rimuovermi;toglietemi;togliermi;\
         non voglio piu ricevere;non desidero piu ricevere;basta mail",
    ),
    (
        "nl",
        "afmelden;afmelding;uitschrijven;uitschrijving;meld mij * af;meld me * af;schrijf mij * uit;schrijf me * uit;\
         geen mails meer;geen mail meer;geen emails meer;geen nieuwsbrief meer;geen nieuwsbrieven meer;verwijder mij;\
         verwijder me;opzeggen nieuwsbrief;nieuwsbrief opzeggen",
    ),
    (
        "pt",
        "descadastrar;descadastrem;descadastre;descadastreme;cancelar inscricao;cancelar a inscricao;\
         cancelar minha inscricao;cancelar a minha inscricao;cancelar subscricao;cancelar a subscricao;\
         cancelar a minha subscricao;cancelar assinatura;cancelar a assinatura;cancelar minha assinatura;\
         anular subscricao;anular a subscricao;remover;remova me;removame;removam me;removamme;retirar da lista;\
         retirem me;retiremme;sair da lista;nao quero receber mais;nao desejo receber mais;nao quero mais receber;\
         nao desejo mais receber",
    ),
    (
        "pl",
        "wypisz;wypisz mnie;wypisac;wypisac mnie;wypisac sie;wypisuje sie;wypisanie;o wypisanie;o wypisanie mnie;\
         rezygnuje z newslettera;rezygnuje z subskrypcji;rezygnacja z newslettera;rezygnacja z subskrypcji;\
         anuluj subskrypcje;anulowac subskrypcje;usun mnie;usunac mnie;mnie usunac;o usuniecie mnie;o usuniecie z listy;\
         nie chce otrzymywac",
    ),
    (
        "sv",
        "avregistrera;avregistrera mig;avregistrering;avprenumerera;avanmal;avanmala;avanmalan;avsluta prenumeration;\
         avsluta prenumerationen;avsluta min prenumeration;ta bort mig;inga fler mejl;inga fler mail;stoppa utskick",
    ),
    (
        "da",
        "afmeld;afmeld mig;afmelde;afmelding;frameld;frameld mig;framelding;fjern mig;slet mig;ikke flere mails",
    ),
    (
        "no",
        "avmeld;avmeld meg;avmelde;avmelding;meld meg * av;meld meg * ut;fjern meg;slett meg;ikke flere eposter;\
         si opp nyhetsbrev;si opp nyhetsbrevet",
    ),
    (
        "fi",
        "peruuta tilaus;peruuta tilaukseni;peru tilaus;peru tilaukseni;peruuta uutiskirje;peru uutiskirje;\
         peruutan tilauksen;peruutan uutiskirjeen;poista minut;poistakaa minut;lopeta tilaus;lopettakaa;en halua enaa;\
         uutiskirjeen peruutus",
    ),
    (
        "cs",
        "odhlasit;odhlasit se;odhlasit odber;odhlaseni;odhlaste me;odhlasuji se;zrusit odber;zruste odber;zruseni odberu;\
         vyradte me;vymazte me;uz neposilejte;nechci dostavat",
    ),
    (
        "tr",
        "abonelikten cik;abonelikten cikmak;abonelikten cikar;abonelikten cikarin;abonelikten ayril;aboneligimi iptal;\
         aboneligi iptal;abonelik iptali;abonelik iptal;uyeligimi iptal;listeden cik;listeden cikar;listeden cikarin;\
         listeden cikariniz;listenizden cikarin;listenizden cikariniz;listenizden cikmak;almak istemiyorum",
    ),
];

/// What changes nothing beside it, by language.
const FILLERS: &[(&str, &str)] = &[
    (
        "en",
        "please pls plz kindly just me us my i we id want to would like wish request need you your from of this that \
         these the all any more mailing mailinglist mail mails email emails e list lists newsletter newsletters letter \
         letters subscription address name now immediately asap again and hereby receive receiving getting get send \
         sending could also here hello hi hey dear sir madam team with immediate effect future further off both",
    ),
    (
        "de",
        "bitte mich sie ich wir mochte mochten will wollen wurde gerne gern hiermit von vom aus dem der den des die das \
         ihrem ihrer ihren ihre ihr eurem eurer euren verteiler verteilerliste mailverteiler emailverteiler liste \
         mailingliste newsletter newsletters newslettern rundbrief rundbriefe mails emails adresse meine mein \
         emailadresse sofort umgehend ab fur alle schicken senden zusenden zuschicken erhalten bekommen mehr hallo guten \
         tag morgen sehr geehrte geehrter damen und herren mir",
    ),
    (
        "fr",
        "sil vous plait svp stp je me moi ne veux souhaite voudrais desire bien vouloir veuillez de du des d la le les l \
         a votre vos ma mon mes cette ces liste listes lettre lettres newsletter newsletters infolettre mails mail \
         courriels courriel emails adresse diffusion information bonjour bonsoir madame monsieur immediatement recevoir",
    ),
    (
        "es",
        "por favor favor quiero quisiera deseo solicito me mi de del la el los las lista listas correo correos su sus \
         vuestra boletin boletines newsletter email emails correspondencia hola buenos buenas dias tardes a en \
         electronico suscripcion recibir mas ruego",
    ),
    (
        "it",
        "per favore cortesemente gentilmente vorrei voglio desidero mi di da dal dalla dalle dai la le il lo i mia mio \
         vostra vostre vostro lista newsletter mailing email mail indirizzo buongiorno salve ciao alla iscrizione \
         ricevere vostri prego chiedo",
    ),
    (
        "nl",
        "graag gelieve wil willen ik wij me mij van voor de het uw jullie deze nieuwsbrief nieuwsbrieven lijst \
         mailinglijst maillijst alle mails mail emails alstublieft aub svp u hallo beste geachte dag mijn adres \
         emailadres abonnement zou",
    ),
    (
        "pt",
        "por favor quero queria desejo gostaria de me meu minha da do das dos a o os as lista listas sua suas vossa \
         newsletter email emails mensagens boletim ola bom boa dia tarde receber mais endereco eu peco solicito",
    ),
    (
        "pl",
        "prosze o mnie mojego moj adres adresu adresy z ze listy lista sie chce chcialbym chcialabym newslettera \
         newsletter newsletterow mailingowej mailing panstwa waszej waszych twojej dzien dobry witam email emaila maili \
         mail wiadomosci wiecej uprzejmie subskrypcji prosze",
    ),
    (
        "sv",
        "vanligen snalla mig fran er era eran ert lista listan nyhetsbrev nyhetsbrevet jag vill onskar hej mejl mail \
         utskick utskicken epost min adress alla",
    ),
    (
        "da",
        "venligst mig fra jeres listen liste nyhedsbrev nyhedsbrevet nyhedsbreve jeg vil gerne onsker hej mails mail min \
         adresse alle at",
    ),
    (
        "no",
        "vennligst meg fra deres listen lista nyhetsbrev nyhetsbrevet nyhetsbrevene jeg vil gjerne onsker a hei eposter \
         epost min adresse alle",
    ),
    (
        "fi",
        "pyydan haluan ystavallisesti listalta postituslistalta sahkopostilistalta uutiskirjeen uutiskirjeeni \
         uutiskirjeita sahkoposteja viesteja teidan minut hei saada postituksista tilaukseni",
    ),
    (
        "cs",
        "prosim me mne z ze od odberu newsletteru newsletter seznamu vaseho vasi novinek zasilani emailu emaily maily \
         dobry den chci chtel chtela bych se ahoj",
    ),
    (
        "tr",
        "lutfen istiyorum beni bana bulten bulteninizden posta e postalari edin ediniz et merhaba iyi gunler artik \
         sizden adresimi",
    ),
];

/// What ends a letter; up to two words after the last of them are a name.
const COURTESIES: &str = "thanks thank thx cheers regards sincerely best kind greetings danke dank grusse gruss gruessen grussen vielen \
    vielem freundlichen freundliche freundlichem viele mfg lg merci cordialement salutations gracias saludos grazie \
    saluti cordiali bedankt groet groeten vriendelijke met obrigado obrigada cumprimentos abraco dziekuje \
    pozdrawiam dzieki tack halsningar tak hilsen takk kiitos terveisin dekuji diky zdravim tesekkurler tesekkur \
    ederim saygilarimla advance mit";

/// Whether the text asks for no more letters, and for nothing else.
pub(super) fn is_leaving(text: &str) -> bool {
    let mut words = words(text);
    let is_courtesy = |word: &String| COURTESIES.split(' ').any(|courtesy| courtesy == word);
    if let Some(last) = words.iter().rposition(is_courtesy)
        && words.len() - last <= 3
    {
        words.truncate(last + 1);
    }
    if words.is_empty() || words.len() > MOST_WORDS {
        return false;
    }
    let mut sentence = format!(" {} ", words.join(" "));
    let mut asks = false;
    while let Some(rest) = phrases().find_map(|phrase| without(&sentence, phrase)) {
        (sentence, asks) = (rest, true);
    }
    asks && changes_nothing(&sentence)
}

/// All phrases, the longer ones first: what is left of them must not be taken for a shorter one.
fn phrases() -> impl Iterator<Item = &'static str> {
    let all = || PHRASES.iter().flat_map(|(_, phrases)| phrases.split(';'));
    let of = move |length: usize| all().filter(move |phrase| phrase.split(' ').count() == length);
    (1..=8).rev().flat_map(of)
}

/// The sentence without the phrase; its `*` stands for words that change nothing.
fn without(sentence: &str, phrase: &str) -> Option<String> {
    let (first, second) = phrase.split_once(" * ").unwrap_or((phrase, ""));
    let (before, after) = sentence.split_once(&format!(" {first} "))?;
    if second.is_empty() {
        return Some(format!("{before} {after}"));
    }
    let after = format!(" {after}");
    let (between, after) = after.split_once(&format!(" {second} "))?;
    changes_nothing(between).then(|| format!("{before} {after}"))
}

fn changes_nothing(words: &str) -> bool {
    let fillers = || FILLERS.iter().map(|(_, words)| *words).chain([COURTESIES]);
    let is_filler = |word: &str| fillers().any(|words| words.split(' ').any(|filler| filler == word));
    words.split_whitespace().all(is_filler)
}

#[cfg(test)]
mod tests {
    use super::super::plain::small;
    use super::*;

    #[test]
    fn the_tables_hold_words_as_they_are_compared() {
        let all = PHRASES.iter().flat_map(|(_, phrases)| phrases.split(';'));
        for phrase in all
            .chain(FILLERS.iter().flat_map(|(_, words)| words.split(' ')))
            .chain(COURTESIES.split(' '))
        {
            let is_plain = phrase.chars().all(|c| c.is_ascii_lowercase() || c == ' ' || c == '*');
            assert!(is_plain && !phrase.is_empty() && small(phrase) == phrase, "`{phrase}`");
        }
        assert_eq!((PHRASES.len(), FILLERS.len()), (14, 14));
    }

    #[test]
    fn no_word_that_says_no_changes_nothing() {
        for no in [
            "not", "no", "never", "dont", "nicht", "kein", "nie", "pas", "jamais", "non", "niet", "nao", "inte", "ikke", "ei",
            "but", "except", "only", "how", "why", "until",
        ] {
            assert!(!changes_nothing(no), "{no}");
        }
    }

    #[test]
    fn plain_wishes_are_understood() {
        for wish in [
            "Unsubscribe",
            "please unsubscribe me from your mailing list, thank you",
            "STOP!!!",
            "Stop sending me emails.",
            "stop stop stop",
            "Opt-out",
            "I no longer want to receive your emails, please take me off the list",
            "Unsubscribe. Thanks, Ann Miller",
            "Bitte melden Sie mich vom Newsletter ab",
            "Ich möchte keine Mails mehr erhalten",
            "Désabonnez-moi s'il vous plaît",
            "Schrijf mij uit voor de nieuwsbrief",
            "Por favor, cancelar a minha subscrição",
        ] {
            assert!(is_leaving(wish), "{wish}");
        }
    }

    #[test]
    fn nothing_else_is_a_wish() {
        for other in [
            "",
            "thanks",
            "please",
            "don't stop",
            "please don't send so much",
            "stop sending so many letters",
            "Cancel",
            "please cancel my appointment",
            "Bitte Termin absagen",
            "annuler",
            "unsubscribe my husband",
            "how do I unsubscribe",
            "bus stop",
            "one stop shop",
            "no more bread",
            "Please delete my data",
            "Thanks for the unsubscribe link",
            "ne me désabonnez pas",
            "bitte nicht abmelden",
            "Plus de mails, s'il vous plaît",
            "Proszę o usunięcie",
            "gostaria de retirar",
            "I no longer want it",
        ] {
            assert!(!is_leaving(other), "{other}");
        }
    }
}
