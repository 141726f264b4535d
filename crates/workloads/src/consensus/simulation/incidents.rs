//! Faults taking effect.

use super::super::faults::{FaultKind, Recovery};
use super::super::node_set::NodeId;
use super::super::protocol::Protocol;
use super::World;

impl<P: Protocol> World<'_, P> {
    pub(super) fn fault_begins(&mut self, index: usize, at_ns: u64) {
        self.active_faults[index] = true;
        match self.plan.faults[index].kind.clone() {
            FaultKind::Crash { node, recovery } => {
                self.group.crash(node);
                if recovery != Recovery::WithState {
                    self.hand_back(node, at_ns);
                }
            }
            FaultKind::Byzantine { node, behaviour } => self.group.set_behaviour(node, Some(*behaviour)),
            FaultKind::Links(_) | FaultKind::CutOff(_) => self.rewire(),
            FaultKind::Slow { node, factor } => {
                let slowed_ns = self.input.processing_ns as f64 * factor;
                self.group.set_processing(node, slowed_ns as u64);
            }
        }
    }

    pub(super) fn fault_ends(&mut self, index: usize, at_ns: u64) {
        self.active_faults[index] = false;
        if let Some(other) = self.same_again(index) {
            // Another fault of the kind still holds the agent: it goes on with that.
            if !matches!(self.plan.faults[other].kind, FaultKind::Crash { .. }) {
                self.fault_begins(other, at_ns);
            }
            return;
        }
        match self.plan.faults[index].kind {
            FaultKind::Crash { node, recovery } => self.come_back(node, recovery, at_ns),
            FaultKind::Byzantine { node, .. } => self.group.set_behaviour(node, None),
            FaultKind::Links(_) | FaultKind::CutOff(_) => self.rewire(),
            FaultKind::Slow { node, .. } => self.group.set_processing(node, self.input.processing_ns),
        }
    }

    /// Another active fault of the same kind on the same agent.
    fn same_again(&self, index: usize) -> Option<usize> {
        let whom = |kind: &FaultKind| match kind {
            FaultKind::Crash { node, .. } => Some((0, *node)),
            FaultKind::Byzantine { node, .. } => Some((1, *node)),
            FaultKind::Slow { node, .. } => Some((2, *node)),
            FaultKind::Links(_) | FaultKind::CutOff(_) => None,
        };
        let this = whom(&self.plan.faults[index].kind)?;
        let faults = self.plan.faults.iter().zip(&self.active_faults);
        faults.into_iter().position(|(fault, &active)| active && whom(&fault.kind) == Some(this))
    }

    fn come_back(&mut self, node: NodeId, recovery: Recovery, at_ns: u64) {
        if recovery == Recovery::Never {
            return;
        }
        let keeps_state = recovery == Recovery::WithState;
        if !keeps_state {
            self.clear_desk(node);
        }
        self.ledger.came_up(node, at_ns);
        self.group.recover(node, keeps_state);
        // Requests carry their deadlines: what expired while the agent was down is not wanted now.
        for request in self.portal.expired(at_ns, self.times.patience_ns) {
            self.group.forget(node, request);
        }
        let starts = self.queues[usize::from(node)].schedule(at_ns);
        self.start(node, &starts);
    }

    /// Jobs waiting at an agent that will not know of them go back to the portal.
    fn hand_back(&mut self, node: NodeId, at_ns: u64) {
        for job in self.queues[usize::from(node)].withdraw_waiting() {
            if let Some(index) = self.job_index(job.id) {
                self.lost(index as u32, node, at_ns);
            }
        }
    }

    /// Sets links and partition to what the faults active now make of them.
    fn rewire(&mut self) {
        let (mut troubles, mut sides) = (Vec::new(), Vec::<u8>::new());
        for (fault, _) in self.plan.faults.iter().zip(&self.active_faults).filter(|&(_, &active)| active) {
            match &fault.kind {
                FaultKind::Links(links) => troubles.extend(links.iter().copied()),
                FaultKind::CutOff(nodes) => {
                    // Each cut parts what the cuts before left together (up to eight at a time).
                    sides.resize(self.input.agents + 1, 0_u8);
                    for (node, side) in (0..).zip(&mut sides) {
                        *side = side.wrapping_mul(2) | u8::from(nodes.contains(node));
                    }
                }
                FaultKind::Crash { .. } | FaultKind::Byzantine { .. } | FaultKind::Slow { .. } => {}
            }
        }
        self.group.network_mut().set_troubles(&troubles);
        self.group.network_mut().set_partition(&sides);
    }
}
