//! What people read.

use halftone_core::ports::identity::CodePurpose;
use halftone_core::ports::mailer::MailMessage;
use halftone_core::text::Email;
use jiff::SignedDuration;

/// The mail that carries a code.
pub(super) fn code_mail(to: Email, purpose: CodePurpose, code: &str, life: SignedDuration) -> MailMessage {
    let life = in_words(life);
    let (subject, text) = match purpose {
        CodePurpose::Confirm => (
            "Confirm your e-mail address",
            format!(
                "Hello,\n\n\
                 welcome to Halftone! To confirm your e-mail address, please enter this code:\n\n\
                 {code}\n\n\
                 It works for {life}. If you did not register, somebody mistyped an address: \
                 you need not do anything.\n"
            ),
        ),
        CodePurpose::Reset => (
            "Set a new password",
            format!(
                "Hello,\n\n\
                 to set a new password for your Halftone studio, please enter this code:\n\n\
                 {code}\n\n\
                 It works for {life}. If you did not ask for it, you need not do anything: \
                 your password stays as it is. Please give the code to nobody.\n"
            ),
        ),
    };
    let html = Some(html_of(subject, &text, code));
    MailMessage { html, ..MailMessage::plain(to, subject, text) }
}

/// The same paragraphs as HTML, with the code in large digits. Nothing in them was typed by anybody, so nothing is escaped.
fn html_of(subject: &str, text: &str, code: &str) -> String {
    let paragraphs: String = text
        .trim_end()
        .split("\n\n")
        .map(|paragraph| {
            if paragraph == code {
                format!("<p style=\"font-size:28px;letter-spacing:4px\"><strong>{code}</strong></p>\n")
            } else {
                format!("<p>{paragraph}</p>\n")
            }
        })
        .collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{subject}</title></head>\n\
         <body style=\"margin:0;padding:24px;font-family:sans-serif;color:#1f2937;background:#ffffff\">\n\
         {paragraphs}</body>\n</html>\n"
    )
}

/// A duration as people say it, in whole hours or else in minutes.
fn in_words(life: SignedDuration) -> String {
    let (number, unit) = match life.as_mins() {
        minutes if minutes >= 60 && minutes % 60 == 0 => (minutes / 60, "hour"),
        minutes => (minutes.max(1), "minute"),
    };
    if number == 1 { format!("one {unit}") } else { format!("{number} {unit}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_in_words() {
        for (minutes, words) in
            [(15, "15 minutes"), (24 * 60, "24 hours"), (60, "one hour"), (90, "90 minutes")]
        {
            assert_eq!(in_words(SignedDuration::from_mins(minutes)), words);
        }
    }

    #[test]
    fn a_mail_does_not_show_its_code_in_the_subject() {
        let to = Email::parse("ana@example.com").unwrap();
        let mail = code_mail(to, CodePurpose::Reset, "004711", SignedDuration::from_mins(15));
        assert!(mail.text.contains("\n004711\n") && mail.text.contains("15 minutes"));
        assert!(!mail.subject.contains("004711"));
        let html = mail.html.unwrap();
        assert!(html.contains("<strong>004711</strong>") && html.contains("15 minutes"), "{html}");
    }
}
