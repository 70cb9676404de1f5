//! The page on which the clinic looks at its letters before anybody else does.
//!
//! Promises: what is shown is read back out of the very bytes that would leave; only this machine is answered, and of it only who knows
//! the path; nothing is fetched from anywhere, no script of a letter runs, nothing is changed. Knows nothing of how the workspace's files
//! become letters, of the journal and of relays.

mod asked;
mod catalogue;
mod door;
mod folder;
mod guise;
mod invented;
mod page;
mod people;
mod reading;
mod stage;
mod watch;

pub use asked::{View, Wanted};
pub use catalogue::{ArticleOnShow, CampaignOnShow, Catalogue, Language, Made};
pub use door::Door;
pub use folder::{Folder, FolderError, Written};
pub use invented::Invented;
pub use page::leading_to;
pub use people::{Audience, People, Person, Standing};
pub use stage::{Chosen, Stage};
pub use watch::Watch;
