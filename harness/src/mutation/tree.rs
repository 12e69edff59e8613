//! The places of a predicate, by number.

use verdict_compiler::ir::Expr;

/// A place of a predicate.
#[derive(Clone, Debug)]
pub struct Node<'i> {
    /// What stands there.
    pub expr: &'i Expr,
    /// The place above.
    pub parent: Option<usize>,
    /// The places below, in order.
    pub children: Vec<usize>,
    /// Which leaf it is, counted over the predicate, left to right.
    pub leaf: Option<usize>,
}

/// All places, each before those below it.
#[derive(Clone, Debug)]
pub struct Tree<'i> {
    nodes: Vec<Node<'i>>,
    leaves: Vec<usize>,
}

impl<'i> Tree<'i> {
    /// The places of a predicate.
    pub fn new(predicate: &'i Expr) -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            leaves: Vec::new(),
        };
        tree.grow(predicate, None);
        tree
    }

    fn grow(&mut self, expr: &'i Expr, parent: Option<usize>) -> usize {
        let place = self.nodes.len();
        self.nodes.push(Node {
            expr,
            parent,
            children: Vec::new(),
            leaf: None,
        });
        let children = match expr {
            Expr::Const(_) => Vec::new(),
            Expr::Not(inner) => vec![self.grow(inner, Some(place))],
            Expr::All(operands) | Expr::Any(operands) => operands
                .iter()
                .map(|operand| self.grow(operand, Some(place)))
                .collect(),
            Expr::Leaf(_) => {
                if let Some(node) = self.nodes.get_mut(place) {
                    node.leaf = Some(self.leaves.len());
                }
                self.leaves.push(place);
                Vec::new()
            }
        };
        if let Some(node) = self.nodes.get_mut(place) {
            node.children = children;
        }
        place
    }

    /// Every place, the whole predicate first.
    pub fn nodes(&self) -> &[Node<'i>] {
        &self.nodes
    }

    /// A place by its number.
    pub fn get(&self, place: usize) -> Option<&Node<'i>> {
        self.nodes.get(place)
    }

    /// The places of the leaves.
    pub fn leaves(&self) -> &[usize] {
        &self.leaves
    }

    /// The predicate with something else in one place.
    pub fn with(&self, place: usize, instead: &Expr) -> Expr {
        self.copy(0, place, instead)
    }

    fn copy(&self, at: usize, place: usize, instead: &Expr) -> Expr {
        let Some(node) = self.nodes.get(at) else {
            return Expr::Const(false);
        };
        if at == place {
            return instead.clone();
        }
        let mut below = node
            .children
            .iter()
            .map(|child| self.copy(*child, place, instead));
        match node.expr {
            Expr::Not(_) => below.next().map_or_else(|| node.expr.clone(), Expr::negate),
            Expr::All(_) => Expr::all(below.collect::<Vec<_>>()),
            Expr::Any(_) => Expr::any(below.collect::<Vec<_>>()),
            Expr::Const(_) | Expr::Leaf(_) => node.expr.clone(),
        }
    }

    /// What must hold beside a place so that it decides: siblings, and whether each is to be true.
    pub fn beside(&self, place: usize) -> Vec<(&'i Expr, bool)> {
        let mut found = Vec::new();
        let mut at = place;
        while let Some(parent) = self.get(at).and_then(|node| node.parent) {
            if let Some(above) = self.get(parent) {
                let others = above.children.iter().filter(|child| **child != at);
                let others = others.filter_map(|child| self.get(*child));
                match above.expr {
                    Expr::All(_) => found.extend(others.map(|node| (node.expr, true))),
                    Expr::Any(_) => found.extend(others.map(|node| (node.expr, false))),
                    Expr::Not(_) | Expr::Const(_) | Expr::Leaf(_) => {}
                }
            }
            at = parent;
        }
        found
    }
}
