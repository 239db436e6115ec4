//! Quantiles of the gamma distribution with scale 1, to about ten digits.

/// From this shape on the approximation of Wilson and Hilferty is as good as the digits that are shown.
const LARGE: f64 = 1e5;

/// The value below which a gamma variable of this shape (at least 1) stays with probability `p` (between 0 and 1).
pub(super) fn quantile(shape: f64, p: f64) -> f64 {
    if shape >= LARGE {
        return about(shape, p);
    }
    let mut low = 0.0;
    let mut high = about(shape, p).max(1.0);
    while below(shape, high) < p {
        high *= 2.0;
    }
    // Each step halves: sixty leave nothing of the doubled start.
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if below(shape, middle) < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// Wilson and Hilferty: the cube root of a gamma variable is nearly normal.
fn about(shape: f64, p: f64) -> f64 {
    let spread = 1.0 / (9.0 * shape);
    shape * (1.0 - spread + normal(p) * spread.sqrt()).max(0.0).powi(3)
}

/// The normal quantile, by the rational approximation 26.2.23 of Abramowitz and Stegun and two steps of Newton on
/// the distribution function, which the incomplete gamma function gives.
fn normal(p: f64) -> f64 {
    let tail = p.min(1.0 - p);
    let t = (-2.0 * tail.ln()).sqrt();
    let top = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let bottom = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let mut z = t - top / bottom;
    for _ in 0..2 {
        let above = (1.0 - below(0.5, z * z / 2.0)) / 2.0;
        let density = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
        z += (above - tail) / density;
    }
    if p < 0.5 { -z } else { z }
}

/// The regularised lower incomplete gamma function: a series below the shape, a continued fraction above it.
fn below(shape: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = (shape * x.ln() - x - ln_gamma(shape)).exp();
    if x < shape + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / shape, 1.0 / shape, shape);
        // Terms shrink by x / n, below one from the start; near the shape about six spreads of them count.
        while term > sum * 1e-15 {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        return front * sum;
    }
    // Lentz's method.
    let tiny = 1e-300;
    let mut b = x + 1.0 - shape;
    let (mut c, mut d) = (1.0 / tiny, 1.0 / b);
    let mut fraction = d;
    for n in 1..100_000 {
        let n = f64::from(n);
        let a = -n * (n - shape);
        b += 2.0;
        d = 1.0 / floored(a * d + b, tiny);
        c = floored(b + a / c, tiny);
        let step = c * d;
        fraction *= step;
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    1.0 - front * fraction
}

fn floored(x: f64, tiny: f64) -> f64 {
    if x.abs() < tiny { tiny } else { x }
}

/// Stirling's series, after moving up to where it is exact.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut moved) = (x, 0.0);
    while x < 15.0 {
        moved -= x.ln();
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y / 1680.0))) / x;
    moved + (x - 0.5) * x.ln() - x + std::f64::consts::TAU.ln() / 2.0 + series
}

#[cfg(test)]
mod tests {
    use super::{LARGE, about, below, ln_gamma, normal, quantile};

    #[test]
    fn functions_agree_with_what_is_known() {
        assert!((ln_gamma(1.0)).abs() < 1e-12 && (ln_gamma(0.5) - std::f64::consts::PI.ln() / 2.0).abs() < 1e-12);
        assert!((ln_gamma(11.0) - 3_628_800_f64.ln()).abs() < 1e-12);
        assert!((below(1.0, 2.0) - (1.0 - (-2.0_f64).exp())).abs() < 1e-13);
        // Shape 3: 1 - e^-x (1 + x + x²/2), on both sides of where the method changes.
        for x in [0.1_f64, 2.0, 3.9, 4.1, 9.0] {
            assert!((below(3.0, x) - (1.0 - (-x).exp() * (1.0 + x + x * x / 2.0))).abs() < 1e-13, "{x}");
        }
        assert!((normal(0.95) - 1.644_853_627).abs() < 1e-7 && (normal(0.05) + 1.644_853_627).abs() < 1e-7);
    }

    #[test]
    fn a_quantile_is_where_the_distribution_reaches_it() {
        for shape in [1.0, 1.5, 2.0, 14.0, 413.0, 9_999.0, 99_999.0] {
            for p in [0.05, 0.5, 0.95] {
                assert!((below(shape, quantile(shape, p)) - p).abs() < 1e-9, "{shape} {p}");
            }
        }
        let (exact, approximate) = (quantile(LARGE - 1.0, 0.95), about(LARGE - 1.0, 0.95));
        assert!((exact / approximate - 1.0).abs() < 1e-7, "{exact} {approximate}");
    }
}
