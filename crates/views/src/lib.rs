//! What pages show: plain data that `workbench` makes and `app` renders, on the server and in the
//! browser. One module per page. Deliberately absent: decisions and IO.

pub mod data;
pub mod files;
pub mod history;
pub mod items;
pub mod lengths;
pub mod pairs;
pub mod people;
pub mod plans;
pub mod process;
pub mod review;
pub mod schema;
pub mod sync;
pub mod trial;
pub mod worklists;
