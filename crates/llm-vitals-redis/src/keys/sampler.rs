//! One pass: SCAN and what is asked of each key, within a hard budget.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::probe::{BATCH, Questions, Skipped, ask, scan};
use super::settings::KeySampling;
use super::sweep::Sweep;
use crate::collector::Optional;
use crate::info::Info;
use crate::source::{Node, NodeRole, RedisSource};
use crate::state::{NodeState, State};

/// A SCAN that took longer met a server with other things to do.
const SLOW: Duration = Duration::from_millis(10);

#[derive(Debug, Default)]
pub(crate) struct Sampler {
    sweeps: HashMap<String, Sweep>,
    last_pass: Option<Instant>,
    /// The node of the last pass; the next one in order is next.
    last_node: String,
}

impl Sampler {
    /// Samples one node, if it is time.
    pub(crate) async fn pass(
        &mut self,
        settings: &KeySampling,
        source: &dyn RedisSource,
        state: &Arc<Mutex<State>>,
    ) {
        let now = Instant::now();
        if self
            .last_pass
            .is_some_and(|last| now.duration_since(last) < settings.interval)
        {
            return;
        }
        self.last_pass = Some(now);
        let Some(node) = self.choose(&mut lock(state)) else {
            return;
        };
        self.last_node.clone_from(&node.address);
        let deadline = now + settings.max_time;
        if let Err(reason) = self.sweep(settings, source, state, &node, deadline).await
            && let Some(known) = lock(state).nodes.get_mut(&node.address)
        {
            known.keys.skip(reason);
        }
    }

    /// The next of the nodes that speak for a part of the keys; the others show nothing.
    fn choose(&mut self, state: &mut State) -> Option<Node> {
        let chosen = representatives(state);
        for (address, known) in &mut state.nodes {
            if !chosen.contains(address) {
                known.keys.forget();
            }
        }
        self.sweeps.retain(|address, _| chosen.contains(address));
        let next = chosen
            .iter()
            .find(|address| **address > self.last_node)
            .or_else(|| chosen.first())?;
        Some(state.nodes.get(next)?.node.clone())
    }

    async fn sweep(
        &mut self,
        settings: &KeySampling,
        source: &dyn RedisSource,
        state: &Arc<Mutex<State>>,
        node: &Node,
        deadline: Instant,
    ) -> Result<(), Skipped> {
        let (run_id, keys, mut questions) = {
            let state = lock(state);
            let known = state.nodes.get(&node.address).ok_or("gone")?;
            let info = &known.sample.as_ref().ok_or("down")?.info;
            is_quiet(info)?;
            if !known.may(Optional::Scan, Instant::now()) {
                return Err("denied");
            }
            let questions = Questions {
                memory: known.may(Optional::MemoryUsage, Instant::now()),
                types: settings.types,
                ttls: settings.ttls,
                read_only: known.is_cluster() && info.get("role") == Some("slave"),
            };
            let run_id = info.get("run_id").unwrap_or_default().to_owned();
            (run_id, info.keys_in(settings.database), questions)
        };
        let sweep = self.sweeps.entry(node.address.clone());
        let sweep = sweep.or_insert_with(|| Sweep::new(&run_id, settings, Instant::now()));
        if sweep.run_id != run_id {
            *sweep = Sweep::new(&run_id, settings, Instant::now());
        }
        let mut taken = 0;
        while taken < settings.max_keys {
            let asked = Instant::now();
            let (cursor, found) = scan(
                settings,
                source,
                node,
                sweep.cursor,
                questions.read_only,
                deadline,
            )
            .await
            .inspect_err(|reason| {
                if *reason == "denied" {
                    note(state, node, Optional::Scan, false);
                }
            })?;
            note(state, node, Optional::Scan, true);
            let is_slow = asked.elapsed() > SLOW;
            let mut batch = Vec::new();
            for keys in found.chunks(BATCH) {
                let answers = ask(settings, source, node, keys, questions, deadline).await?;
                {
                    let mut state = lock(state);
                    if let Some(known) = state.nodes.get_mut(&node.address)
                        && (questions.types || questions.ttls)
                    {
                        known.caused(answers.hits, answers.misses);
                        known.keys.probe(answers.hits, answers.misses);
                    }
                }
                if questions.memory && !keys.is_empty() {
                    note(state, node, Optional::MemoryUsage, !answers.memory_denied);
                    questions.memory = !answers.memory_denied;
                }
                batch.extend(answers.seen);
            }
            // A batch counts as a whole or not at all, so that one that was cut short can be asked for again.
            taken += batch.len().max(1) as u64;
            batch.into_iter().for_each(|seen| sweep.add(seen));
            sweep.cursor = cursor;
            let is_complete = cursor == 0;
            let now = Instant::now();
            if let Some(known) = lock(state).nodes.get_mut(&node.address) {
                let shown = sweep.distribution(settings, keys, is_complete, now);
                known.keys.show(shown, is_complete);
            }
            if is_complete {
                *sweep = Sweep::new(&run_id, settings, now);
                return Ok(());
            }
            if is_slow {
                return Err("slow");
            }
            if now >= deadline {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Whether the server has nothing heavier to do.
fn is_quiet(info: &Info) -> Result<(), Skipped> {
    if info.flag("loading") || info.flag("async_loading") {
        return Err("loading");
    }
    let forks = [
        "rdb_bgsave_in_progress",
        "aof_rewrite_in_progress",
        "module_fork_in_progress",
    ];
    if forks.iter().any(|fork| info.flag(fork)) {
        return Err("fork");
    }
    Ok(())
}

/// For each primary that answers, a replica that is in step with it, else itself; in order.
fn representatives(state: &State) -> Vec<String> {
    let is_in_step = |replica: &&NodeState| {
        let info = replica.sample.as_ref().map(|sample| &sample.info);
        info.is_some_and(|info| {
            info.get("master_link_status") == Some("up") && !info.flag("master_sync_in_progress")
        })
    };
    let replica = |primary: &NodeState| {
        let follows = NodeRole::Replica(primary.node.address.clone());
        let mut replicas = state
            .nodes
            .values()
            .filter(|node| node.node.role == follows);
        replicas
            .find(is_in_step)
            .map(|node| node.node.address.clone())
    };
    let primaries = state.nodes.values().filter(|node| node.is_primary());
    let mut chosen: Vec<_> = primaries
        .map(|primary| replica(primary).unwrap_or_else(|| primary.node.address.clone()))
        .collect();
    if chosen.is_empty() {
        // Only a replica is watched.
        chosen.extend(
            state
                .nodes
                .values()
                .filter(is_in_step)
                .map(|node| node.node.address.clone())
                .take(1),
        );
    }
    chosen.sort();
    chosen
}

fn note(state: &Arc<Mutex<State>>, node: &Node, optional: Optional, is_allowed: bool) {
    if let Some(known) = lock(state).nodes.get_mut(&node.address) {
        known.allow(optional, is_allowed, Instant::now());
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
