//! Creating indexes: what is there is left alone.

use crate::server::{Observed, address};

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn indexes_that_exist_are_only_looked_at() {
    let observed = Observed::open().await;
    let first = observed.take_commands();
    assert!(first.iter().any(|command| command == "createIndexes"), "{first:?}");
    observed.backend.ensure_indexes().await.unwrap();
    let second = observed.take_commands();
    // And that every document has its terms is looked up once.
    let (looks, others): (Vec<&String>, Vec<&String>) =
        second.iter().partition(|command| *command == "listIndexes");
    assert!(!looks.is_empty() && others == ["find"], "{second:?}");
    observed.close().await;
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn an_index_that_is_missing_is_created_alone() {
    let observed = Observed::open().await;
    let client = mongodb::Client::with_uri_str(address()).await.unwrap();
    let orders = client.database(observed.database()).collection::<mongodb::bson::Document>("orders");
    orders.drop_index("by_state").await.unwrap();
    observed.take_commands();
    observed.backend.ensure_indexes().await.unwrap();
    let created = observed.take_commands().into_iter().filter(|command| command == "createIndexes").count();
    assert_eq!(created, 1);
    assert!(orders.list_index_names().await.unwrap().contains(&"by_state".to_owned()));
    observed.close().await;
}

#[tokio::test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
async fn a_refused_password_is_permission_denied() {
    use std::sync::Arc;

    use halftone_core::clock::SystemClock;
    use halftone_core::ports::error::StorageErrorKind;
    use halftone_storage::mongo::{MongoBackend, MongoSpec};

    let wrong = address().replacen(":halftone@", ":wrong@", 1);
    assert_ne!(wrong, address(), "the address has another password than expected");
    let backend = MongoBackend::connect(MongoSpec::new(wrong, "halftone_test"), Arc::new(SystemClock)).await;
    let error = backend.unwrap().ping().await.unwrap_err();
    assert_eq!(error.kind(), StorageErrorKind::PermissionDenied, "{error}");
    assert!(!format!("{error:?}").contains("wrong@"), "{error:?}");
}
