// Package lru keeps values by key in the order in which they were used last, with
// their sizes. What is to go beyond which limit its user decides, and frees; it also
// guards the cache where several goroutines use it.
package lru

import "container/list"

// A Cache holds values with sizes. The zero value is empty and ready.
type Cache[K comparable, V any] struct {
	order list.List // of *entry[K, V], the latest in front
	byKey map[K]*list.Element
	size  int64
}

type entry[K comparable, V any] struct {
	key   K
	value V
	size  int64
}

// Len returns the number of values.
func (c *Cache[K, V]) Len() int { return len(c.byKey) }

// Size returns the sum of the values' sizes.
func (c *Cache[K, V]) Size() int64 { return c.size }

// Put adds a value as the one used last, in the place of one of the same key.
func (c *Cache[K, V]) Put(key K, value V, size int64) {
	c.Take(key)
	if c.byKey == nil {
		c.byKey = map[K]*list.Element{}
	}
	c.byKey[key] = c.order.PushFront(&entry[K, V]{key, value, size})
	c.size += size
}

// Get returns a value, which counts as used, and whether it is there.
func (c *Cache[K, V]) Get(key K) (value V, ok bool) {
	element := c.byKey[key]
	if element == nil {
		return value, false
	}
	c.order.MoveToFront(element)
	return element.Value.(*entry[K, V]).value, true
}

// Take removes a value and returns it, and whether it was there.
func (c *Cache[K, V]) Take(key K) (value V, ok bool) {
	element := c.byKey[key]
	if element == nil {
		return value, false
	}
	_, value = c.remove(element)
	return value, true
}

// TakeOldest removes the value that was used longest ago and returns it; ok is
// false when the cache is empty.
func (c *Cache[K, V]) TakeOldest() (key K, value V, ok bool) {
	element := c.order.Back()
	if element == nil {
		return key, value, false
	}
	key, value = c.remove(element)
	return key, value, true
}

// TakeAll removes all values whose keys a condition holds for, and returns them, the
// one used last in front.
func (c *Cache[K, V]) TakeAll(holds func(K) bool) []V {
	var taken []V
	for element := c.order.Front(); element != nil; {
		next := element.Next()
		if holds(element.Value.(*entry[K, V]).key) {
			_, value := c.remove(element)
			taken = append(taken, value)
		}
		element = next
	}
	return taken
}

func (c *Cache[K, V]) remove(element *list.Element) (K, V) {
	e := c.order.Remove(element).(*entry[K, V])
	delete(c.byKey, e.key)
	c.size -= e.size
	return e.key, e.value
}
