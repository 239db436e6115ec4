//! Ranks for a directed graph: which column each node gets when time runs from left to right.
//! Cycles are opened at the edge that closes them in reading order, so a loop is drawn as a way back.

/// Column of each node.
///
/// `edges` must only name nodes below `nodes`. Along every edge that does not close a loop the rank grows by at
/// least one.
pub(crate) fn ranks(nodes: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); nodes];
    let mut incoming = vec![0_usize; nodes];
    for &(from, to) in edges {
        next[from].push(to);
        if from != to {
            incoming[to] += 1;
        }
    }
    for targets in &mut next {
        targets.sort_unstable();
        targets.dedup();
    }
    let starts = (0..nodes).filter(|&n| incoming[n] == 0).chain(0..nodes);
    let (finished, forward) = depth_first(&next, starts);
    let mut rank = vec![0_usize; nodes];
    for &node in finished.iter().rev() {
        for &target in &forward[node] {
            rank[target] = rank[target].max(rank[node] + 1);
        }
    }
    rank
}

#[derive(Clone, Copy, PartialEq)]
enum Visit {
    New,
    Open,
    Done,
}

/// Visits everything without recursion; gives the order in which nodes were finished and the edges that close no loop.
fn depth_first(next: &[Vec<usize>], starts: impl Iterator<Item = usize>) -> (Vec<usize>, Vec<Vec<usize>>) {
    let mut state = vec![Visit::New; next.len()];
    let mut finished = Vec::with_capacity(next.len());
    let mut forward: Vec<Vec<usize>> = vec![Vec::new(); next.len()];
    let mut stack: Vec<(usize, usize)> = Vec::new();
    for start in starts {
        if state[start] != Visit::New {
            continue;
        }
        state[start] = Visit::Open;
        stack.push((start, 0));
        while let Some((node, position)) = stack.pop() {
            let Some(&target) = next[node].get(position) else {
                state[node] = Visit::Done;
                finished.push(node);
                continue;
            };
            stack.push((node, position + 1));
            if state[target] == Visit::Open {
                continue;
            }
            forward[node].push(target);
            if state[target] == Visit::New {
                state[target] = Visit::Open;
                stack.push((target, 0));
            }
        }
    }
    (finished, forward)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_counts_up_and_a_loop_is_opened_at_its_end() {
        assert_eq!(ranks(3, &[(0, 1), (1, 2), (2, 0)]), [0, 1, 2]);
    }

    #[test]
    fn the_longest_way_decides() {
        assert_eq!(ranks(4, &[(0, 3), (0, 1), (1, 2), (2, 3)]), [0, 1, 2, 3]);
    }

    #[test]
    fn self_loops_and_lonely_nodes_do_no_harm() {
        assert_eq!(ranks(3, &[(1, 1)]), [0, 0, 0]);
        assert!(ranks(0, &[]).is_empty());
    }
}
