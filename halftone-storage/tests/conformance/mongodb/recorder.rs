//! Remembers the commands that the driver sends.

use std::sync::Mutex;

use ::mongodb::bson::Document;
use ::mongodb::event::command::CommandEvent;

/// The commands so far, in the order of sending.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    commands: Mutex<Vec<Document>>,
}

impl Recorder {
    pub(crate) fn observe(&self, event: CommandEvent) {
        if let CommandEvent::Started(started) = event {
            self.commands.lock().unwrap().push(started.command);
        }
    }

    pub(crate) fn forget(&self) {
        self.commands.lock().unwrap().clear();
    }

    pub(crate) fn commands(&self) -> Vec<Document> {
        self.commands.lock().unwrap().clone()
    }
}
