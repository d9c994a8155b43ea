"""正定县 2013: 48 units assessed under the rules of 篇一."""
