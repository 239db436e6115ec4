//! The building blocks every page is made of: native HTML with our class names, one file per component,
//! its style in `style/components/` under the same name. Components are views: no clock, no chance, no locale,
//! so that server and browser draw the same. No inline styles (the content security policy refuses them).

mod breadcrumbs;
mod button;
mod card;
mod cell;
mod chips;
mod confirm;
mod diff;
mod empty;
mod escape;
mod face;
mod field;
mod fold;
mod hidden;
mod icon;
mod loaded;
mod notice;
mod page_title;
mod pager;
mod pause;
mod peek;
mod picture;
mod select;
mod stack_bar;
mod table;
mod tabs;
mod tag;
mod text_area;
mod time;

pub use breadcrumbs::{Breadcrumbs, Crumb};
pub use button::{Button, ButtonLink, ButtonLook};
pub use card::{Card, Figure, Figures, PageHead};
pub use cell::{CellInput, Tick};
pub use chips::{Chip, Chips};
pub use confirm::ConfirmForm;
pub use diff::{Diff, DiffSide, Run, diff_runs};
pub use empty::Empty;
pub use face::{Face, Faces, initials};
pub use field::{Checkbox, DateInput, Field, TextInput, described_by};
pub use fold::Fold;
pub use hidden::hidden;
pub use icon::{GateDot, GateLook, Icon};
pub use loaded::{Explained, Loaded, Skeleton, SkeletonShape, Trouble};
pub use notice::Notice;
pub use page_title::PageTitle;
pub use pager::pager;
pub use pause::Pause;
pub use peek::{Peek, PeekSection};
pub use picture::{Picture, PictureTable};
pub use select::{CellSelect, Choice, Select};
pub use stack_bar::{Segment, SegmentKey, StackBar};
pub use table::{Align, Column, DataTable};
pub use tabs::{Tab, Tabs};
pub use tag::{Pill, Severity, Tag, Tone, Verdict};
pub use text_area::TextArea;
pub use time::{Time, grouped};

#[cfg(all(test, feature = "ssr"))]
mod tests;
