//! `tidings preview`: every letter as its reader gets it, on a page of this machine or in a folder.
//!
//! Promises: nothing is written to the store, nothing is sent, nobody's lock is taken, so that it works while letters leave. Knows nothing
//! of how the page looks.

mod browser;
mod follow;
mod reader;
mod register;

use super::context::{Context, campaign_named};
use super::failure::{Failure, Kind, plain};
use super::sending::runtime;
use super::ui::{count, listed};
use crate::address::Address;
use crate::finding::{Finding, suggestion};
use crate::web::preview::{Catalogue, Door, Folder, FolderError, Stage, Wanted, Watch, Written};
use crate::web::show;
use crate::workspace::{CampaignFolder, Workspace};
use follow::Eyes;
use reader::Reader;
use register::Clerk;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Look at the letters in a browser, as each reader gets them
///
/// Shows a page that this machine alone can open: every article, for every person, on desktop and phone, dark, with pictures off, as plain
/// text, and what `check` finds. It follows your files: save, and look. Nothing is sent, and nothing is written down.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings preview\n  tidings preview seasonal-immunity --as ann@example.org\n  tidings preview seasonal-immunity --article calmer-days.md --out letters"
)]
pub(super) struct Args {
    /// Only this campaign
    campaign: Option<String>,
    /// Begin with this article: its file, or its id
    #[arg(long, value_name = "FILE")]
    article: Option<String>,
    /// Begin with this person's letter
    #[arg(long = "as", value_name = "ADDRESS")]
    reader: Option<String>,
    /// Write the letters into this folder instead, and end
    #[arg(long, value_name = "DIR", conflicts_with_all = ["port", "open"])]
    out: Option<PathBuf>,
    /// Answer at this port instead of one that is free
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
}

pub(super) fn run(context: Context, args: &Args) -> Result<(), Failure> {
    let (root, workspace) = context.workspace()?;
    let named = args
        .campaign
        .as_ref()
        .map(|name| campaign_named(&workspace, name))
        .transpose()?;
    let only = named.map(|folder| folder.name.clone());
    let letter = args
        .article
        .as_ref()
        .map(|article| article_named(&workspace, named, article))
        .transpose()?;
    let wanted = Wanted {
        // Without an article, the whole campaign is meant.
        letter: letter.or_else(|| only.clone().map(|name| (name, String::new()))),
        ..Wanted::default()
    };
    let context = Arc::new(context);
    let watch = Watch::begin(&root);
    let mut clerk = Clerk::new(Arc::clone(&context), &root, only.clone());
    clerk.forewarn(&workspace);
    let register = clerk.read(&workspace)?;
    let mut reader = Reader::new(Arc::clone(&context), &root, only.clone());
    let catalogue = reader.read(&register)?;
    tell_doubt(&context, &catalogue);
    let person = args
        .reader
        .as_ref()
        .map(|address| person_named(&context, &catalogue, &wanted, address))
        .transpose()?;
    tell_nobody(&context, &catalogue, &wanted);
    let stage = Stage::build(wanted.clone(), context.clock);
    let stage = stage.map_err(|_| Failure::new(Kind::Internal, "the system gives no random bytes"))?;
    let stage = match &person {
        Some(person) => stage.beginning_with(person),
        None => stage,
    };
    stage.set(catalogue.clone());
    match &args.out {
        Some(dir) => put_into(&context, &root, &stage, &catalogue, &wanted, dir),
        None => {
            let eyes = Eyes {
                context: Arc::clone(&context),
                root,
                only,
                register,
                clerk,
                reader,
                watch,
            };
            show_page(&context, Arc::new(stage), eyes, args)
        }
    }
}

/// Says that nobody knows who left, where that is so.
fn tell_doubt(context: &Context, catalogue: &Catalogue) {
    if let Some(doubt) = &catalogue.doubt {
        context
            .ui
            .say(&format!("who left is not known, and is shown as a reader here: {doubt}"));
        context.ui.hint("`tidings doctor` tells what to do about the store");
    }
}

/// The article that is meant, with its campaign.
fn article_named(workspace: &Workspace, named: Option<&CampaignFolder>, wanted: &str) -> Result<(String, String), Failure> {
    let folders = workspace
        .campaigns
        .iter()
        .filter(|folder| named.is_none_or(|named| named.name == folder.name));
    let mut known = Vec::new();
    for folder in folders {
        for entry in folder.campaign.iter().flat_map(|campaign| &campaign.articles) {
            let id = folder
                .articles
                .iter()
                .find(|article| article.file == entry.file)
                .map(|article| &*article.id);
            if entry.file == wanted || id == Some(wanted) {
                return Ok((folder.name.clone(), entry.file.clone()));
            }
            known.push(entry.file.as_str());
        }
    }
    let text = match named {
        Some(folder) => format!("campaign `{}` has no article `{wanted}`", folder.name),
        None => format!("no campaign has an article `{wanted}`"),
    };
    Err(Failure::new(Kind::Usage, text).hint(suggestion::hint(wanted, known)))
}

/// The address that is meant, which has to be on one of the lists.
fn person_named(context: &Context, catalogue: &Catalogue, wanted: &Wanted, text: &str) -> Result<Address, Failure> {
    let address = Address::parse(text).map_err(|error| Failure::new(Kind::Usage, error.to_string()))?;
    let campaigns = || {
        catalogue
            .campaigns
            .iter()
            .filter(|campaign| wanted.letter.as_ref().is_none_or(|(name, _)| *name == campaign.name))
    };
    let mut near = None;
    for campaign in campaigns() {
        if campaign.people.named(&address)?.is_some() {
            return Ok(address);
        }
        near = near.or(campaign.people.nearest(&address)?);
    }
    let failure = Failure::new(
        Kind::Usage,
        format!(
            "nobody with the address {} is on the lists of what you look at",
            address.masked()
        ),
    );
    Err(match near {
        // Only somebody who sits here is shown the whole of it; a log is not.
        Some(near) if context.ui.is_watched() => failure.hint(format!("did you mean {near}?")),
        Some(near) => failure.hint(format!(
            "did you mean {}? look into the list file for the whole of it",
            near.masked()
        )),
        None => failure.hint("leave `--as` out to begin with the first person, and look for others by name on the page"),
    })
}

/// Says whose letters are shown where nobody would get any.
fn tell_nobody(context: &Context, catalogue: &Catalogue, wanted: &Wanted) {
    for campaign in &catalogue.campaigns {
        let is_meant = wanted.letter.as_ref().is_none_or(|(name, _)| *name == campaign.name);
        if is_meant && campaign.people.count() == 0 && !campaign.articles.is_empty() {
            let name = &campaign.name;
            context.ui.say(&format!(
                "nobody would get the letters of `{name}` now: they are shown for an invented person"
            ));
            context
                .ui
                .hint(&format!("`tidings plan {name}` tells who is left out and why"));
        }
    }
}

fn put_into(
    context: &Context,
    root: &Path,
    stage: &Stage,
    catalogue: &Catalogue,
    wanted: &Wanted,
    dir: &Path,
) -> Result<(), Failure> {
    refuse_own_folders(root, dir)?;
    let written = Folder::prepare(dir)?.fill(stage, catalogue, wanted)?;
    tell(context, dir, &written)?;
    let faulty: Vec<Finding> = written.findings.into_iter().filter(Finding::is_error).collect();
    match (faulty.is_empty(), written.addresses.is_empty()) {
        (true, false) => Ok(()),
        (true, true) => {
            Err(Failure::new(Kind::Files, "there was no letter to write").hint("`tidings check` tells what is missing"))
        }
        (false, _) => Err(Failure {
            text: "these letters could not be made; mend this, and run it again".to_owned(),
            ..Failure::findings(faulty)
        }),
    }
}

/// A folder in these would be taken for a campaign, a template or a list.
fn refuse_own_folders(root: &Path, dir: &Path) -> Result<(), Failure> {
    let whole = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let above = whole
        .ancestors()
        .find_map(|above| Some((above.to_owned(), above.canonicalize().ok()?)));
    let place = above
        .map(|(above, real)| real.join(whole.strip_prefix(above).unwrap_or(Path::new(""))))
        .unwrap_or(whole);
    let own = ["campaigns", "templates", "subscribers", ".tidings"];
    match own.iter().find(|own| place.starts_with(root.join(own))) {
        Some(own) => Err(Failure::new(
            Kind::Usage,
            format!("letters do not go into `{own}/`: what lies there is the workspace's own"),
        )
        .hint("name a folder beside it, such as `--out letters`")),
        None => Ok(()),
    }
}

fn tell(context: &Context, dir: &Path, written: &Written) -> Result<(), Failure> {
    for (campaign, why) in &written.left_out {
        context
            .ui
            .say(&format!("they would not get the letters of `{campaign}`: {why}"));
    }
    let addresses: Vec<String> = written.addresses.iter().cloned().collect();
    if context.ui.wants_json() {
        return context.ui.json(&serde_json::json!({
            "folder": dir.display().to_string(), "files": written.files, "addresses": addresses, "url": null,
        }));
    }
    for campaign in &written.without_person {
        context
            .ui
            .say(&format!("`{campaign}` was passed over: the person is not on its lists"));
    }
    if written.addresses.is_empty() {
        return Ok(());
    }
    context.ui.data(&format!(
        "wrote {} into `{}`: begin with {}",
        count(written.files.len() as u64, "file"),
        dir.display(),
        dir.join("index.html").display()
    ))?;
    context.ui.data(&format!(
        "they hold the data of {}; only you can read them",
        listed(&addresses)
    ))
}

fn show_page(context: &Arc<Context>, stage: Arc<Stage>, eyes: Eyes, args: &Args) -> Result<(), Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port.unwrap_or(0)));
    runtime()?.block_on(async {
        let listener = TcpListener::bind(address).await.map_err(|error| taken(address, &error))?;
        let signals = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()].map(signal);
        let [Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)] = signals else {
            return Err(Failure::new(Kind::Internal, "cannot listen to signals"));
        };
        let shown = listener.local_addr().unwrap_or(address);
        follow::follow(&stage, eyes)?;
        let url = format!("http://{shown}/{}/", stage.token());
        match context.ui.wants_json() {
            true => context
                .ui
                .json(&serde_json::json!({"folder": null, "files": [], "addresses": [], "url": url}))?,
            false => context.ui.data(&url)?,
        }
        context
            .ui
            .say("open this address in a browser on this machine; Ctrl-C ends the preview, and nothing is sent");
        // Taken away again when the preview ends.
        let _leaf = args.open.then(|| browser::open(context, &url)).flatten();
        let door = Arc::new(Door::new(stage, shown.port()));
        show(listener, door, async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
                _ = hangup.recv() => {}
            }
        })
        .await;
        Ok(())
    })
}

/// Why nobody can be answered at a port.
fn taken(address: SocketAddr, error: &std::io::Error) -> Failure {
    let port = address.port();
    match error.kind() {
        ErrorKind::AddrInUse => Failure::new(Kind::Later, format!("another program answers at port {port} already"))
            .hint("leave `--port` out, and a free one is taken"),
        ErrorKind::PermissionDenied => Failure::new(Kind::FixFirst, format!("you may not answer at port {port}"))
            .hint("ports below 1024 are for the system: leave `--port` out, and a free one is taken"),
        _ => Failure::new(Kind::FixFirst, format!("cannot answer at {address}: {}", plain(error)))
            .hint("leave `--port` out, and a free one is taken"),
    }
}

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        match &error {
            FolderError::Foreign { .. } => Self::new(Kind::Files, error.to_string())
                .hint("name a new folder: only what a preview wrote is ever taken away; nothing was changed"),
            FolderError::NoFolder { .. } => {
                Self::new(Kind::Files, error.to_string()).hint("name a new folder; nothing was changed")
            }
            FolderError::Unwritable { path, source } => {
                Self::new(Kind::Store, format!("cannot write `{}`: {}", path.display(), plain(source)))
                    .hint("check the folder, its rights, and that the disk is not full")
            }
        }
    }
}
