//! The processes of the shape: servers, and the worker as Lambda would run it.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::peers::Peers;
use super::provision::Names;
use crate::program::{Server, halftone, wait_for};

/// 32 bytes that every process of one installation shares.
const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// An installation in the shape of AWS.
#[derive(Debug)]
pub(crate) struct Shape {
    variables: Vec<(&'static str, String)>,
    aws: String,
    directory: PathBuf,
}

impl Shape {
    pub(crate) fn new(directory: &Path, peers: &Peers, names: &Names, database: String) -> Self {
        let issuer = format!("https://cognito-idp.us-east-1.amazonaws.com/{}", names.pool);
        let jwks = format!("{}/{}/.well-known/jwks.json", peers.cognito, names.pool);
        let variables = vec![
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
            ("HALFTONE_BACKENDS_METADATA", "mongodb".to_owned()),
            ("HALFTONE_BACKENDS_OBJECTS", "s3".to_owned()),
            ("HALFTONE_BACKENDS_QUEUE", "sqs".to_owned()),
            ("HALFTONE_BACKENDS_IDENTITY", "cognito".to_owned()),
            ("HALFTONE_SECRETS_MASTER_KEY", MASTER_KEY.to_owned()),
            ("HALFTONE_MONGODB_URI", peers.mongodb_uri.clone()),
            ("HALFTONE_MONGODB_DATABASE", database),
            ("HALFTONE_AWS_ENDPOINT", peers.aws.clone()),
            ("HALFTONE_S3_BUCKET", names.bucket.clone()),
            ("HALFTONE_S3_PATH_STYLE", "on".to_owned()),
            ("HALFTONE_SQS_QUEUE_URL", names.queue_url.clone()),
            ("HALFTONE_SQS_DEAD_LETTER_QUEUE_URL", names.dead_letter_queue_url.clone()),
            ("HALFTONE_SNS_TOPIC_ARN", names.topic_arn.clone()),
            ("HALFTONE_COGNITO_USER_POOL_ID", names.pool.clone()),
            ("HALFTONE_COGNITO_CLIENT_ID", names.client.clone()),
            ("HALFTONE_COGNITO_REFRESH_ROTATION", "off".to_owned()),
            ("HALFTONE_COGNITO_ENDPOINT", peers.cognito.clone()),
            ("HALFTONE_COGNITO_ISSUER", issuer),
            ("HALFTONE_COGNITO_JWKS_URL", jwks),
            ("HALFTONE_WORKERS_COUNT", "off".to_owned()),
            ("HALFTONE_JOBS_NOTICE_INTERVAL", "1s".to_owned()),
            ("HALFTONE_JOBS_FIRST_DELAY", "1s".to_owned()),
        ];
        Self { variables, aws: peers.aws.clone(), directory: directory.to_owned() }
    }

    /// One more server; its jobs are done elsewhere.
    pub(crate) fn server(&self) -> Server {
        let mut command = halftone(&self.directory);
        command.args(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "off"]);
        command.envs(self.variables.iter().cloned());
        Server::spawn_until(command, "  Logins ")
    }

    /// The worker's function, fed from the queue as Lambda feeds it.
    pub(crate) fn worker(&self, names: &Names) -> Function {
        self.function(&self.queue(names), "halftone-worker")
    }

    /// The same with a schedule that invokes it too, where no server looks after the installation.
    pub(crate) fn worker_with_schedule(&self, names: &Names) -> Function {
        let arguments = [self.queue(names).as_slice(), &["--turn-seconds", "2"]].concat();
        self.function(&arguments, "halftone-worker")
    }

    fn queue<'names>(&'names self, names: &'names Names) -> [&'names str; 6] {
        ["--queue-url", &names.queue_url, "--endpoint-url", &self.aws, "--batch-size", "1"]
    }

    /// The API's function behind something that speaks HTTP, as API Gateway does.
    pub(crate) fn api(&self, port: u16) -> Function {
        self.function(&["--http", &format!("127.0.0.1:{port}")], "halftone-api")
    }

    fn function(&self, arguments: &[&str], program: &str) -> Function {
        let mut command = Command::new(built("examples/local_lambda"));
        command.args(arguments).arg("--function").arg(built(program));
        command.current_dir(&self.directory).envs(self.variables.iter().cloned());
        command.stdin(Stdio::null());
        Function { child: command.spawn().unwrap() }
    }
}

/// A program of another package of the workspace; building the workspace's tests builds it.
fn built(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_halftone")).with_file_name(name);
    assert!(path.exists(), "{} is not built; build the tests of the whole workspace", path.display());
    path
}

/// A function with what runs it. Dropping it ends both.
#[derive(Debug)]
pub(crate) struct Function {
    child: Child,
}

impl Function {
    /// Ends the function's process without any warning, and waits until another one runs.
    pub(crate) fn kill_process(&self) {
        let before = wait_for("the function's process", || self.process());
        assert!(Command::new("kill").args(["-KILL", &before]).status().unwrap().success());
        wait_for("another process of the function", || self.process().filter(|now| *now != before));
    }

    fn process(&self) -> Option<String> {
        let found = Command::new("pgrep").args(["-P", &self.child.id().to_string()]).output().unwrap();
        String::from_utf8(found.stdout).unwrap().lines().next().map(str::to_owned)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        if let Some(process) = self.process() {
            // Why ignored: it may have ended already.
            drop(Command::new("kill").args(["-KILL", &process]).status());
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
