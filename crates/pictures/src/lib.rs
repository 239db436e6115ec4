//! Pictures as plain shapes: swimlanes, system maps, charts and signs.
//! The browser draws them as SVG elements and the report draws the very same shapes into the PDF.
//! No colours (shapes carry class names), no IO, no clock, no randomness: the same input gives the same picture.

pub mod charts;
pub mod drawing;
mod graph;
pub mod marks;
mod routing;
pub mod shape;
pub mod svg;
pub mod swimlane;
pub mod system_map;
pub mod text;

pub use shape::{Anchor, Picture, Place, Point, Rect, Shape, Table};
